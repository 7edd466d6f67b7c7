//! What the user wants done, turned into acts upon the session.

use super::*;

/// What the user wants done.
impl App {
    pub(super) fn act(&mut self, action: Action) {
        if self.is_held() {
            return ask_first();
        }
        let mut player = self.player.borrow_mut();
        let done = player.act(action);
        if player.waits {
            player.play();
        }
        drop(player);
        self.run_error = done.err().map(sentence);
        self.said = None;
        self.touched = true;
        self.wake();
    }

    pub(super) fn pick(&mut self, pick: Pick) {
        match pick {
            Pick::Link(a, b) => {
                let cut = {
                    let player = self.player.borrow();
                    let network = player.session.world().network();
                    network.is_cut(a.into(), b.into()) || network.is_cut(b.into(), a.into())
                };
                let both = Link::Both(a, b);
                self.act(if cut {
                    Action::Heal(both)
                } else {
                    Action::Cut(both)
                });
            }
            Pick::Packet(id) if self.is_waiting(id) => self.let_go(id),
            // A packet moves: time waits while it is looked at.
            Pick::Look(id) | Pick::Packet(id) => {
                self.player.borrow_mut().pause();
                (self.chosen, self.focus) = (Some(id), None);
            }
            Pick::Server(id) => self.use_tool(id),
        }
    }

    pub(super) fn is_waiting(&self, id: PacketId) -> bool {
        let player = self.player.borrow();
        let packet = player.session.world().network().packet(id);
        packet.is_some_and(Packet::is_held)
    }

    pub(super) fn let_go(&mut self, id: PacketId) {
        let pick = match facts::packet(self.player.borrow().session.world(), id) {
            Some(Subject::Packet(packet)) => packet.pick,
            _ => return,
        };
        self.act(Action::Deliver(pick));
    }

    /// What a click on a server does. One that is down is started again, whatever the tool.
    pub(super) fn use_tool(&mut self, id: NodeId) {
        let (up, leads, alone) = {
            let player = self.player.borrow();
            let world = player.session.world();
            let server = world.server(id);
            (
                server.is_up(),
                server.is_leader(),
                facts::is_isolated(world, id),
            )
        };
        match self.tool {
            Tool::CutOff if up && alone => self.act(Action::Heal(Link::All)),
            Tool::CutOff if up => self.act(Action::Isolate(id)),
            Tool::TimeOut if up && !leads => self.act(Action::Timeout(id)),
            Tool::TimeOut if up => {}
            _ => self.toggle(id),
        }
    }

    pub(super) fn toggle(&mut self, id: NodeId) {
        let up = {
            let player = self.player.borrow();
            player.session.world().find(id).map(Server::is_up)
        };
        match up {
            Some(true) => self.act(Action::Crash(id)),
            Some(false) => self.act(Action::Restart(id)),
            None => {}
        }
    }
    pub(super) fn send(&mut self, text: &str) {
        if self.is_held() {
            return ask_first();
        }
        let done = text.parse::<Op>().and_then(|op| {
            let client = ClientId::new(1).ok_or("there is no client")?;
            self.player.borrow_mut().act(Action::Request(client, op))
        });
        self.request_error = done.err().map(sentence);
        self.wake();
    }

    pub(super) fn time(&self, wish: TimeWish) {
        let onward = matches!(wish, TimeWish::Forward { .. } | TimeWish::Toggle);
        if onward && self.is_held() {
            return ask_first();
        }
        let mut player = self.player.borrow_mut();
        match wish {
            TimeWish::Back { .. } | TimeWish::Forward { .. } | TimeWish::Seek(_) => player.pause(),
            _ => {}
        }
        match wish {
            TimeWish::Back { story } => player.session.step_back(story),
            TimeWish::Forward { story } => player.session.step_forward(story),
            TimeWish::Redo => _ = player.take_a_hand().redo(),
            TimeWish::Seek(to) => {
                let head = player.session.head();
                player.session.seek(to.min(head));
            }
            TimeWish::Speed(speed) => player.pace.speed = speed,
            TimeWish::Toggle if player.playing => player.pause(),
            TimeWish::Toggle => player.insist(),
            TimeWish::Undo => _ = player.take_a_hand().undo(),
        }
        drop(player);
        self.wake();
    }
    pub(super) fn run(&mut self, wish: RunWish) {
        self.run_error = None;
        match wish {
            RunWish::Do(text) => match parse_action(&text) {
                Ok(action) => self.act(action),
                Err(why) => self.run_error = Some(sentence(why)),
            },
            RunWish::Open(text) => self.open_text(&text),
            RunWish::Print => self.run_text = Some(self.player.borrow().session.write()),
            RunWish::Reopen => match storage::read(storage::RUN) {
                Some(text) => self.open_text(&text),
                None => self.run_error = Some("There is no run of an earlier visit.".into()),
            },
            RunWish::Begin(opening) => self.begin(opening_scenario(opening)),
            RunWish::Watch(text, with) => {
                self.open_text(&text);
                let mut player = self.player.borrow_mut();
                player.twin = with.map(|rule| with_rule(&player.session, rule));
                player.session.seek(Time::ZERO);
                player.play();
                drop(player);
                self.wake();
                show_stage();
            }
        }
    }

    /// Opens a run that was kept as text; if it cannot be read, the present one stays.
    pub(super) fn open_text(&mut self, text: &str) {
        match Session::read(text) {
            Ok(session) => self.show(session),
            Err(error) => self.run_error = Some(sentence(error.to_string())),
        }
    }

    pub(super) fn begin(&mut self, scenario: Scenario) {
        *self.player.borrow_mut() = Player::opening(scenario);
        self.touched = false;
        self.forget();
    }

    pub(super) fn show(&mut self, session: Session) {
        let mut player = Player::new(session);
        player.pause();
        *self.player.borrow_mut() = player;
        self.touched = true;
        self.forget();
    }

    /// What was said of another run does not hold of this one.
    pub(super) fn forget(&mut self) {
        (self.focus, self.chosen, self.why) = (None, None, None);
        (self.said, self.request_error, self.run_text) = (None, None, None);
        self.timeline = Rc::default();
        self.broken = 0;
        self.wake();
    }
    pub(super) fn share(&mut self, ctx: &Context<Self>) {
        let link = format!("#/run/{}", link::write(&self.player.borrow().session));
        let Some(window) = web_sys::window() else {
            return;
        };
        // Replacing tells nobody of a change, so the page does not open its own link.
        let replaced = window
            .history()
            .and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(&link)));
        if replaced.is_err() {
            self.said = Some("This page may not change its address, so there is no link.".into());
            return;
        }
        let address = window.location().href().unwrap_or_default();
        let copied = JsFuture::from(window.navigator().clipboard().write_text(&address));
        // Whether it may be copied is the browser's affair; the address bar has it in any case.
        ctx.link().send_future(async move {
            Msg::Say(match copied.await {
                Ok(_) => "The link is copied, and in the address bar.".into(),
                Err(_) => "The link is in the address bar.".into(),
            })
        });
    }

    /// Says something at the top of the page, for a while.
    pub(super) fn say(&mut self, ctx: &Context<Self>, text: String) {
        let link = ctx.link().clone();
        self.said = Some(text);
        self.said_until = Some(Timeout::new(SAID_MS, move || link.send_message(Msg::Said)));
    }

    /// Asks why, or goes to another moment. While somebody reads, time waits.
    pub(super) fn past(&mut self, wish: Inquiry) {
        self.player.borrow_mut().pause();
        let open = self.why.as_ref().map(|why| why.question);
        match wish {
            Inquiry::Ask(question) if open == Some(question) => self.unask(),
            Inquiry::Ask(question) | Inquiry::Walk(question) => {
                let why = Why::of(&self.player.borrow().session, question);
                let Some(why) = why else { return };
                if matches!(wish, Inquiry::Walk(_)) {
                    self.time(TimeWish::Seek(why.at));
                }
                if open.is_none() {
                    let document = web_sys::window().and_then(|window| window.document());
                    self.asked_at = document.and_then(|document| document.active_element());
                }
                (self.why, self.answers) = (Some(why), true);
            }
            Inquiry::Seek(at) => self.time(TimeWish::Seek(at)),
        }
    }

    /// Closes the answer, and gives the focus back.
    pub(super) fn unask(&mut self) {
        self.why = None;
        if let Some(element) = self.asked_at.take() {
            let _ = element.unchecked_into::<HtmlElement>().focus();
        }
    }

    pub(super) fn key(&self, ctx: &Context<Self>, event: &KeyboardEvent) -> bool {
        let Some(wish) = shortcut(event) else {
            return false;
        };
        event.prevent_default();
        match wish {
            Shortcut::Close if self.help => ctx.link().send_message(Msg::Help),
            Shortcut::Close if self.why.is_some() => ctx.link().send_message(Msg::Unask),
            Shortcut::Close => ctx.link().send_message(Msg::Close),
            Shortcut::Page(wish) if self.room == Room::Learn => {
                ctx.link().send_message(Msg::Learn(wish));
            }
            Shortcut::Page(_) => {}
            Shortcut::Help => ctx.link().send_message(Msg::Help),
            Shortcut::Past(wish) => ctx.link().send_message(Msg::Past(wish)),
            Shortcut::Server(id) => server::focus(id),
            Shortcut::Time(wish) => ctx.link().send_message(Msg::Time(wish)),
        }
        false
    }

    /// Something changed while the page may be standing still.
    pub(super) fn wake(&self) {
        if self.player.borrow().playing {
            self.frames.start();
        }
    }

    /// Takes in what has happened; a property that has just been broken stops the time.
    pub(super) fn look_again(&mut self) {
        let mut player = self.player.borrow_mut();
        player.keep_together();
        fault::note(&player.session);
        let mut timeline = (*self.timeline).clone();
        timeline.update(&player.session);
        if timeline.looks_other(&self.timeline) {
            self.timeline = Rc::new(timeline);
        }
        let broken = player.session.violations().len();
        if broken > self.broken {
            player.pause();
        }
        self.broken = broken;
        if self.room == Room::Learn {
            let was_held = !player.playing;
            self.learning.look_again(&mut player);
            if self.learning.is_held(&player.session) && !was_held {
                ask_first();
            }
            let was_met = std::mem::replace(&mut self.met, self.learning.met);
            if self.met && !was_met {
                bring(".met");
            }
        }
        if !player.playing {
            self.why = self.why.take().and_then(|why| why.again(&player.session));
        }
        let gone = |id| player.session.world().network().packet(id).is_none();
        self.chosen = self.chosen.filter(|id| !gone(*id));
    }
}

/// The same run with a rule that was off in it.
fn with_rule(session: &Session, rule: Rule) -> Session {
    let mut rules = session.scenario().config.rules;
    rules.set(rule, true);
    session.with_rules(rules)
}
