//! What a click or a key means, and what happens to the page then.

use super::way::write_address;
use super::*;
use crate::narrate::say;
use crate::ui::learn::learning::Leaf;
use crate::ui::storage;

/// What the user wants done.
impl App {
    pub(super) fn pick(&mut self, pick: Pick) {
        match pick {
            Pick::Link(..) if self.one_way && self.tool.is_of_links() => {
                self.control
                    .say(say("One way: click the sender, then the receiver."));
            }
            Pick::Link(a, b) => {
                let player = self.control.player();
                let action = self.tool.link_action(player.session.world(), (a, b), false);
                drop(player);
                self.control.act_or_say(action);
            }
            Pick::Timer(id, share) => self.set_timer(id, share),
            Pick::Key(id, key) => self.packet_key(id, key),
            Pick::Packet(id) if self.is_waiting(id) => self.packet_key(id, PacketKey::Deliver),
            Pick::Look(_) | Pick::Packet(_) if !self.shows_cards() => {}
            // A packet moves: time waits while it is looked at.
            Pick::Look(id) | Pick::Packet(id) => {
                self.control.player_mut().pause();
                (self.chosen, self.focus, self.sheet) = (Some(id), None, None);
            }
            Pick::Server(id) => self.use_tool(id),
            Pick::Client(slot) if self.tool == Tool::Partition => self.moved ^= 1 << slot,
            Pick::Client(_) => {}
        }
    }

    fn is_waiting(&self, id: PacketId) -> bool {
        let player = self.control.player();
        let packet = player.session.world().network().packet(id);
        packet.is_some_and(Packet::is_held)
    }

    fn packet_key(&self, id: PacketId, key: PacketKey) {
        let subject = facts::packet(self.control.player().session.world(), id);
        let Some(Subject::Packet(packet)) = subject else {
            return;
        };
        self.control.act_or_say(match key {
            PacketKey::Delay => Action::Delay(packet.pick, DELAY),
            PacketKey::Deliver => Action::Deliver(packet.pick),
            PacketKey::Drop => Action::Drop(packet.pick),
            PacketKey::Duplicate => Action::Duplicate(packet.pick),
        });
    }

    /// What a click on a server does.
    fn use_tool(&mut self, id: NodeId) {
        match (self.tool, self.picked.iter().next()) {
            (Tool::Partition, _) if self.picked.contains(id) => {
                self.picked = self.picked.without(id);
            }
            (Tool::Partition, _) => self.picked = self.picked.with(id),
            (tool, None) if tool.needs_two() => self.picked = self.picked.with(id),
            (tool, Some(first)) if tool.needs_two() => {
                self.picked = ServerSet::EMPTY;
                if first != id {
                    self.use_pair(tool, first, id);
                }
            }
            (tool, _) => {
                let actions = {
                    let player = self.control.player();
                    let world = player.session.world();
                    world.find(id).map(|_| tool.actions(world, id))
                };
                match actions {
                    Some(Ok(actions)) => {
                        for action in actions {
                            self.control.act_or_say(action);
                        }
                    }
                    Some(Err(why)) => self.control.say(why),
                    None => {}
                }
            }
        }
    }

    /// What two clicks do, on one server and on another.
    fn use_pair(&self, tool: Tool, first: NodeId, second: NodeId) {
        let action = {
            let player = self.control.player();
            let world = player.session.world();
            if tool == Tool::Timer {
                tools::align(world, first, second)
            } else {
                Ok(tool.link_action(world, (first, second), self.one_way))
            }
        };
        match action {
            Ok(action) => self.control.act_or_say(action),
            Err(why) => self.control.say(why),
        }
    }

    /// Sets a timer to this share of the longest election timeout.
    fn set_timer(&self, id: NodeId, share: f32) {
        let longest = self.control.player().session.world().timing().election.1;
        let whole = longest.0 as f32;
        // To a millisecond: a hand is no steadier.
        let left = Time::ms((whole * share.clamp(0.0, 1.0) / 1000.0).max(1.0) as u64);
        self.control.act_or_say(Action::SetTimer(id, left));
    }

    /// Partitions the network: the servers that were clicked are one side.
    pub(super) fn part(&mut self) {
        let (side, moved) = (
            std::mem::take(&mut self.picked),
            std::mem::take(&mut self.moved),
        );
        let (groups, all) = {
            let player = self.control.player();
            let world = player.session.world();
            (tools::partition(world, side, moved), world.ids())
        };
        if side.is_empty() || side == all {
            return self
                .control
                .say(say("A partition has servers on both sides."));
        }
        self.control.act_or_say(Action::Partition(groups));
        self.tool = Tool::Crash;
    }

    /// Puts the tool away, or else closes the closer look.
    pub(super) fn close(&mut self) {
        if self.gallery {
            self.gallery = false;
            write_address("#/play", true);
        } else if self.learning.shows_leaf() && self.room == Room::Learn {
            self.learning.leaf = Leaf::Contents;
            write_address("#/contents", true);
        } else if self.learning.contents && self.room == Room::Learn {
            self.learning.contents = false;
        } else if self.sheet.is_some() {
            self.sheet = None;
        } else if self.room == Room::Play && self.tool != Tool::Crash {
            (self.tool, self.picked) = (Tool::Crash, ServerSet::EMPTY);
        } else {
            (self.focus, self.chosen) = (None, None);
        }
    }

    /// Opens a scenario of the gallery, paused where something is about to happen.
    pub(super) fn open_exhibit(&mut self, exhibit: Exhibit, counter: bool) {
        let session = if counter {
            exhibit.counter_session()
        } else {
            exhibit.session()
        };
        match session {
            Ok(session) => {
                self.show(session);
                self.challenge = Challenge::of(&exhibit);
                self.exhibit = Some((exhibit, counter));
            }
            Err(error) => self.control.say(error.to_string()),
        }
    }

    /// The open scenario again, from where it opens, with its counter-measure or without.
    pub(super) fn counter(&mut self, counter: bool) {
        if let Some((exhibit, _)) = self.exhibit.take() {
            self.open_exhibit(exhibit, counter);
        }
    }

    pub(super) fn run(&mut self, wish: RunWish) {
        match wish {
            RunWish::Begin(opening) => self.begin(opening),
            RunWish::Open(session) => {
                let acted = self.acted;
                self.show((*session).clone());
                self.say_new(acted);
            }
            RunWish::Watch(session, with) => {
                self.show((*session).clone());
                match with {
                    Some(rule) => {
                        self.control.player_mut().session.go_on(Stop::Violation);
                        self.compare(CompareWish::With(Other::Rule(rule)));
                    }
                    None => {
                        let mut player = self.control.player_mut();
                        player.session.seek(Time::ZERO);
                        player.play();
                    }
                }
                self.wake();
                show_stage();
            }
        }
    }

    /// Puts another run beside this one, where they differ first; or puts it away.
    pub(super) fn compare(&mut self, wish: CompareWish) {
        let mut player = self.control.player_mut();
        player.pause();
        let other = match wish {
            CompareWish::Close => {
                player.twin = None;
                return;
            }
            CompareWish::Open => Other::first(&player.session, &self.branches),
            CompareWish::With(other) => other,
        };
        let run = other.run(&player.session, &self.branches);
        let Some((mut twin, titles)) = run else {
            return;
        };
        // What each leads to can be compared where both have been played as far.
        let end = player.session.head().max(twin.head());
        player.session.seek(end);
        twin.seek(end);
        let found = Comparison::of([&player.session, &twin], titles);
        player.session.seek(found.at.unwrap_or(end));
        player.twin = Some(twin);
        player.keep_together();
        self.compared = Some(Compared { other, found });
    }

    /// A new run. The one before can be opened again: it is kept.
    pub(super) fn begin(&mut self, opening: Opening) {
        self.keep_run();
        let acted = self.acted;
        *self.control.player_mut() = Player::opening(opening.scenario());
        self.touched = false;
        self.forget();
        self.say_new(acted);
    }

    /// Says where the run before is, if the user acted on it.
    fn say_new(&self, acted: bool) {
        if acted {
            self.control
                .say(say("A new run. Share lists the one before."));
        }
    }

    pub(super) fn show(&mut self, session: Session) {
        self.keep_run();
        let mut player = Player::new(session);
        player.pause();
        *self.control.player_mut() = player;
        self.touched = true;
        self.forget();
    }

    /// What was said of another run does not hold of this one.
    pub(super) fn forget(&mut self) {
        (self.focus, self.chosen, self.said) = (None, None, None);
        (self.exhibit, self.picked, self.sheet) = (None, ServerSet::EMPTY, None);
        self.challenge = None;
        self.answer = Answer::default();
        self.timeline = Rc::default();
        self.broken = 0;
        (self.acted, self.kept) = (false, None);
        self.wake();
    }

    /// A run that nobody took a hand in does not replace one that somebody did.
    pub(super) fn keep_run(&mut self) {
        if !self.acted || self.room != Room::Play || is_embed() {
            return;
        }
        let session = &self.control.player().session;
        let exhibit = self
            .exhibit
            .as_ref()
            .map(|(exhibit, _)| exhibit.title.clone());
        let count = session.actions().len();
        let actions = if count == 1 { "action" } else { "actions" };
        let servers = || format!("{} servers", session.scenario().servers);
        let whole = link::write_whole(session);
        let fits = whole.len() <= kept::LONGEST;
        kept::keep(Kept {
            id: *self.kept.get_or_insert_with(kept::fresh),
            title: format!("{}, {count} {actions}", exhibit.unwrap_or_else(servers)),
            // Without its branches, a long run fits all the same.
            link: if fits { whole } else { link::write(session) },
        });
    }

    /// The page is left, perhaps only to be loaded again.
    pub(super) fn leave(&mut self) {
        self.keep_run();
        let session = &self.control.player().session;
        let kept = self.room == Room::Play && session.is_touched() && !is_embed();
        storage::write_here(kept.then(|| link::write_whole(session)));
    }

    /// A page that is loaded again goes on with its run, and the branches.
    pub(super) fn reopen(&mut self) {
        let kept = storage::read_here().filter(|_| self.room == Room::Play);
        // One that this page cannot read is no loss: it is kept as the run before, too.
        let Some(session) = kept.and_then(|kept| link::read_whole(&kept).ok()) else {
            return;
        };
        let (exhibit, challenge) = (self.exhibit.take(), self.challenge.take());
        let session = match &exhibit {
            Some((exhibit, false)) => exhibit.resumed(session),
            _ => session,
        };
        self.show(session);
        (self.exhibit, self.challenge) = (exhibit, challenge);
    }

    /// Says something at the top of the page, for a while.
    pub(super) fn say(&mut self, ctx: &Context<Self>, text: String) {
        let link = ctx.link().clone();
        let until = Timeout::new(SAID_MS, move || link.send_message(Msg::Said));
        self.said = Some((text, until));
    }

    /// Asks why, or goes to another moment. While somebody reads, time waits.
    pub(super) fn past(&mut self, wish: Inquiry) {
        self.control.player_mut().pause();
        match wish {
            Inquiry::Ask(question) if self.answer.question() == Some(question) => {
                self.answer.close();
            }
            Inquiry::Ask(question) | Inquiry::Walk(question) => {
                let why = Why::of(&self.control.player().session, question);
                let Some(why) = why else { return };
                if matches!(wish, Inquiry::Walk(_)) {
                    let now = self.control.player().session.now();
                    self.answer.from.get_or_insert(now);
                    self.control.time(TimeWish::Seek(why.at));
                } else {
                    self.answer.from = None;
                }
                self.answer.open(why);
            }
            Inquiry::Seek(at) => {
                self.answer.from = None;
                self.control.time(TimeWish::Seek(at));
            }
        }
    }

    /// Shows the last event that a line of Figure 2 decided.
    pub(super) fn ask_line(&mut self, ctx: &Context<Self>, line: RuleLine) {
        let moment = Panel::last(&self.control.player().session, line);
        match moment {
            Some(moment) => self.past(Inquiry::Ask(Question::Event(moment))),
            None => self.say(ctx, say("This line has not acted in this run yet.").into()),
        }
    }

    pub(super) fn key(&self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        let Some(wish) = shortcut(event) else {
            return false;
        };
        // That room has keys of its own.
        let general = matches!(wish, Shortcut::Close | Shortcut::Help);
        if self.room == Room::Foreign && !general {
            return false;
        }
        event.prevent_default();
        let msg = match wish {
            Shortcut::Close if self.help => Msg::Help,
            Shortcut::Close if self.answer.why.is_some() => Msg::Unask,
            Shortcut::Close => Msg::Close,
            Shortcut::Page(wish) if self.room == Room::Learn => Msg::Learn(wish),
            Shortcut::Page(_) => return false,
            Shortcut::Chosen { back } => {
                match self.focus {
                    Some(id) => self.control.time(TimeWish::Go {
                        stop: Stop::Server(id),
                        back,
                    }),
                    None => self
                        .control
                        .say(say("Choose a server first: press its number.")),
                }
                return false;
            }
            Shortcut::Help => Msg::Help,
            Shortcut::Past(wish) => Msg::Past(wish),
            Shortcut::Server(id) => {
                server::focus(id);
                return false;
            }
            Shortcut::Time(wish) => {
                self.control.time(wish);
                return false;
            }
        };
        ctx.link().send_message(msg);
        false
    }

    /// Something changed while the page may be standing still.
    pub(super) fn wake(&self) {
        if self.control.player().playing {
            self.frames.start();
        }
    }

    /// Takes in what has happened; a property that has just been broken stops the time.
    pub(super) fn look_again(&mut self) {
        let mut player = self.control.player_mut();
        player.keep_together();
        fault::note(&player.session);
        if let Some(timeline) = self.timeline.anew(&player.session) {
            self.timeline = Rc::new(timeline);
        }
        let shown = self.room == Room::Play;
        let branches = shown.then(|| branches::branches(&player.session));
        let branches = branches.unwrap_or_default();
        if *self.branches != *branches {
            self.branches = branches.into();
        }
        self.compared.take_if(|_| player.twin.is_none());
        let broken = player.session.violations().len();
        if broken > self.broken && player.stops {
            player.pause();
        }
        self.broken = broken;
        if let Some(challenge) = &mut self.challenge {
            challenge.look(&player.session);
        }
        let mut held = false;
        if self.room == Room::Learn {
            self.learning.look_again(&mut player);
            held = self.learning.is_held(&player.session);
        }
        if !player.playing {
            self.answer.again(&player.session);
        }
        let gone = |id| player.session.world().network().packet(id).is_none();
        self.chosen = self.chosen.filter(|id| !gone(*id));
        drop(player);
        self.control.hold(held);
    }
}
