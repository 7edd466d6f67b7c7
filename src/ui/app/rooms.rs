//! The four rooms: what there is to see of the session, made again whenever something happened.

use super::*;
use crate::course::Panel as PagePanel;
use crate::narrate::{self, fill, say, say_of, spoken};

/// Entries of a log that are shown.
const SHOWN_ENTRIES: u64 = 30;

/// Sentences that are shown.
const SHOWN_LINES: usize = 25;

/// The four rooms.
impl App {
    pub(super) fn rooms(&self) -> Html {
        if self.room == Room::Foreign {
            return Html::default();
        }
        if self.gallery {
            let open = self.exhibit.as_ref().map(|(exhibit, _)| exhibit.name);
            return html! { <Gallery {open} /> };
        }
        if let Some(listed) = self.printing {
            let chapter = self.learning.chapter.clone();
            return html! { <Print {listed} {chapter} /> };
        }
        if let Some(compare) = self.comparison() {
            return html! { <>{ compare }{ self.bottom() }</> };
        }
        html! {
            <>
            { self.left() }
            { self.middle() }
            { self.right() }
            { self.bottom() }
            { for self.foot() }
            </>
        }
    }

    /// Two runs side by side, if they are being compared.
    fn comparison(&self) -> Option<Html> {
        let player = self.control.player();
        let compared = self.compared.as_ref();
        let view = compare::View {
            compared: compared.filter(|_| self.room == Room::Play)?,
            sessions: [&player.session, player.twin.as_ref()?],
            marks: &self.branches,
            control: &self.control,
            paint: &self.paint,
            on_wish: &self.wishes.compare,
            on_rendered: &self.wishes.placed,
        };
        Some(html! { <main class="stage">{ compare::compare(&view) }</main> })
    }

    /// Whether nothing that is shown is a heading of the page.
    pub(super) fn bare(&self) -> bool {
        let hidden = self.compact && self.sheet != Some(Sheet::Tools);
        let bare = hidden || is_embed() || self.compared.is_some();
        bare && self.room == Room::Play && !self.gallery
    }

    /// The title of the document: the page of the course, the scenario, or the room.
    pub(super) fn title(&self) -> String {
        let exhibit = self.exhibit.as_ref().map(|(exhibit, _)| &exhibit.title);
        match (self.room, exhibit) {
            (Room::Learn, _) => self.learning.title(),
            (Room::Foreign, _) => format!("{} · Raftarium", say("Your Raft")),
            (Room::Play, _) if self.gallery => format!("{} · Raftarium", say("Scenarios")),
            (Room::Play, Some(title)) => format!("{title} · Raftarium"),
            (Room::Play, None) => format!("{} · Raftarium", say_of("room", "Play")),
        }
    }

    /// The room for the traces of others. It keeps what is open while another room is seen.
    pub(super) fn foreign_room(&self) -> Option<Html> {
        let address = self.foreign.clone()?;
        let shown = self.room == Room::Foreign;
        Some(html! { <YourRaft {shown} {address} compact={self.compact} /> })
    }

    fn left(&self) -> Html {
        let player = self.control.player();
        let (session, world) = (&player.session, player.session.world());
        let wishes = &self.wishes;
        let subject = self.subject().filter(|_| self.shows_cards());
        let subject = subject.map(|subject| inspector(&subject, &self.control, &wishes.close));
        let waits = world.network().holds_any();
        let held = waits.then(|| held(world, &self.control, &wishes.pick));
        let room = match (&self.bench, self.room) {
            (Some(bench), _) => bench.view(),
            (_, Room::Learn) => lesson(&self.learning, session, &wishes.learn),
            (_, Room::Play | Room::Foreign) => self.play_top(world),
        };
        let label = match self.room {
            Room::Learn => say("Course"),
            Room::Play | Room::Foreign => say("Scenario, tools and settings"),
        };
        let settings = (self.room == Room::Play).then(|| self.settings(session));
        let why = self.answer.why.as_ref().filter(|_| self.answers_left());
        let on_rule = (!self.shows_rules()).then(|| wishes.view.reform(|()| View::Rules));
        let why =
            why.map(|why| why::answer(why, self.answer.from, &wishes.unask, on_rule.as_ref()));
        // The contents have the page for themselves.
        let in_contents = self.room == Room::Learn && self.learning.contents;
        let role = if in_contents { "main" } else { "region" };
        html! {
            <div class="lesson" {role} aria-label={label}>
                <div class="lesson-scroll">
                    <div class="answer">{ for why }</div>
                    <div>{ for self.notes() }</div>
                    <div key={self.room as usize}>{ room }</div>
                    <div class="held-messages">{ for held }</div>
                    <div class="subject">{ for subject }</div>
                    <div class="settings-room">{ for settings }</div>
                </div>
                <div>{ match self.room {
                    Room::Learn => way(&self.learning, &wishes.learn),
                    Room::Play => html! { <Console control={&self.control} /> },
                    Room::Foreign => Html::default(),
                } }</div>
            </div>
        }
    }

    /// Whether a server or a message that is chosen has a card: the course introduces them.
    pub(super) fn shows_cards(&self) -> bool {
        self.names(PagePanel::Card)
    }

    /// The scenario, or what to do, and the tools.
    fn play_top(&self, world: &World) -> Html {
        let wishes = &self.wishes;
        let top = match &self.exhibit {
            Some((exhibit, countered)) => {
                let challenge = self.challenge.as_ref();
                let session = &self.control.player().session;
                let challenge = challenge.map(|it| it.card(session, &wishes.counter));
                scenario_card(exhibit, *countered, &wishes.counter, challenge)
            }
            None => guide(self.progress()),
        };
        html! {
            <>
            <nav class="to-gallery" aria-label={say("Gallery")}>
                <a class="bordered" href="#/play/scenarios">{ say("Scenarios") }</a>
                <Own control={&self.control} on_wish={&wishes.run} />
                <button class="plain small narrow" onclick={wishes.new.reform(|_: MouseEvent| ())}>{ say("New run") }</button>
                <button class="bordered" onclick={wishes.compare.reform(|_: MouseEvent| CompareWish::Open)}>{ say("Compare") }</button>
            </nav>
            { top }
            { palette(self.tool, world, &self.control, &wishes.tool) }
            </>
        }
    }

    /// What a phone has no room for beside the stage: each opens as a sheet from below.
    fn sheets(&self) -> Html {
        let button = |sheet: &Sheet| {
            let sheet = *sheet;
            let onclick = self.wishes.sheet.reform(move |_: MouseEvent| sheet);
            let open = self.sheet == Some(sheet);
            html! {
                <button key={sheet as usize} aria-expanded={open.to_string()} {onclick}>{ say(sheet.name()) }</button>
            }
        };
        html! { <nav class="sheets" aria-label={say("Sheets")}>{ for Sheet::ALL.iter().map(button) }</nav> }
    }

    /// The hint of the tool that is chosen.
    fn hint(&self) -> Html {
        let hint = self.tool.hint();
        if self.room == Room::Learn || hint.is_empty() {
            return Html::default();
        }
        let first = self.picked.iter().next();
        let parts = self.tool == Tool::Partition && (first.is_some() || self.moved != 0);
        let words = match first {
            _ if parts => self.sides(),
            None => say(hint).into(),
            Some(first) => self.tool.second_hint(first),
        };
        let part = self.wishes.partition.reform(|_: MouseEvent| None);
        html! {
            <p class="tool-hint" role="status">
                { words }{ " " }
                { for parts.then(|| html! { <button class="bordered small" onclick={part}>{ say("Cut here") }</button> }) }
                { for self.tool.is_of_links().then(|| html! {
                    <button class="bordered small" aria-pressed={self.one_way.to_string()}
                        onclick={self.wishes.one_way.reform(|_: MouseEvent| ())}>{ say("One way") }</button>
                }) }
                <kbd>{ "Esc" }</kbd>
            </p>
        }
    }

    /// The two sides of the partition that is being made. Clients can be moved too.
    fn sides(&self) -> String {
        let player = self.control.player();
        let world = player.session.world();
        let groups = tools::partition(world, self.picked, self.moved);
        let names = |group: &crate::sim::Group| {
            let servers = group.servers.iter().map(|id| id.to_string());
            let clients = world.clients().iter().map(|client| client.id);
            let clients = clients.filter(|id| group.has_client(*id));
            let all: Vec<String> = servers.chain(clients.map(|id| id.to_string())).collect();
            all.join(" ")
        };
        let sides: Vec<String> = groups.iter().map(names).collect();
        sides.join(" | ")
    }

    /// What can be set of the run, and the rules that can be broken.
    fn settings(&self, session: &Session) -> Html {
        let (world, wishes, control) = (session.world(), &self.wishes, &self.control);
        html! {
            <>
            <Settings next={NodeId::first(MAX_SERVERS).find(|id| world.is_free(*id))}
                opening={Opening::of(session)} setup={world.setup()} crashes={Crashes::of(world)} {control} on_wish={&wishes.run} />
            <Breaking rules={world.config().rules} {control} on_wish={&wishes.run} />
            </>
        }
    }

    fn middle(&self) -> Html {
        let player = self.control.player();
        let world = player.session.world();
        let wishes = &self.wishes;
        let invites = match (self.room, self.progress()) {
            _ if !self.picked.is_empty() => self.picked,
            _ if self.exhibit.is_some() => ServerSet::EMPTY,
            (Room::Learn, _) => inviting(self.learning.touch(&player.session), world),
            (_, Progress::Invited(leader)) => ServerSet::EMPTY.with(leader),
            _ => ServerSet::EMPTY,
        };
        let request = (!world.clients().is_empty()).then(|| {
            html! { <Request key={lesson_address(self.learning.place)} control={&self.control} clients={world.clients().len()}
                servers={if self.room == Room::Play { world.ids() } else { ServerSet::EMPTY }}
                by_itself={(self.room == Room::Play).then(|| world.clients().iter().any(|client| client.workload.is_some()))} /> }
        });
        let twin = player.twin.as_ref();
        let class = if twin.is_some() {
            "stages two"
        } else {
            "stages"
        };
        let stage = html! {
                <Divide {class} draws={self.room == Room::Play && self.tool == Tool::Partition}
                    ids={world.ids()} on_divide={wishes.partition.reform(Some)}>
                    <Stage scene={Rc::new(Scene::of_session(&player.session, lingering(&player)))} motion={self.paint.motion[0].clone()}
                        geometry={Geometry::new(world.ids(), self.compact || twin.is_some())}
                        focus={self.focus} chosen={self.chosen} {invites}
                        on_pick={&wishes.pick} on_focus={&wishes.focus} on_rendered={&wishes.placed}
                        turns={self.tool == Tool::Timer} terms={self.names(PagePanel::Terms)} />
                    { for twin.map(|twin| self.beside(&player.session, twin)) }
                </Divide>
        };
        let stage = if self.charts() {
            self.chart_view(&player.session)
        } else {
            stage
        };
        html! {
            <main class="stage" aria-label={say("Stage")}>
                { stage }
                <div>{ for (self.room == Room::Learn || is_embed()).then(|| caption(&player.session, self.set_up(), self.names(PagePanel::Terms))) }</div>
                <div class="acts">
                    { for (self.room == Room::Play).then(|| strip(world, &self.control)) }
                    { self.hint() }
                    { few_tools(self.tool, &wishes.tool) }
                    <div>{ for request }</div>
                </div>
                { for (self.room == Room::Play && self.compact).then(|| self.sheets()) }
                <p class="visually-hidden" role="status">{ self.announcement() }</p>
            </main>
        }
    }

    /// The last step of the set-up of the page that is open.
    fn set_up(&self) -> Option<StepId> {
        (self.room == Room::Learn).then_some(self.learning.set_up)
    }

    /// Whether the chart has the stage's place, and the stage that of the logs.
    fn charts(&self) -> bool {
        self.view == View::Chart && self.room == Room::Play && self.control.player().twin.is_none()
    }

    fn chart_view(&self, session: &Session) -> Html {
        let moment = (session.world().last_step(), session.now(), session.head());
        let asked = self.answer.why.as_ref().map(|why| why.question);
        html! { <ChartView control={&self.control} {moment} {asked} /> }
    }

    /// The stage beside the chart.
    fn small_stage(&self, session: &Session, ids: ServerSet) -> Html {
        let wishes = &self.wishes;
        html! {
            <div class="small-stage">
                <Stage scene={Rc::new(Scene::of_session(session, Time::ms(30)))} motion={self.paint.motion[0].clone()}
                    geometry={Geometry::new(ids, true)} focus={self.focus} chosen={self.chosen} invites={ServerSet::EMPTY}
                    on_pick={&wishes.pick} on_focus={&wishes.focus} on_rendered={&wishes.placed} />
            </div>
        }
    }

    /// The same run with other rules: only to be looked at.
    fn beside(&self, session: &Session, twin: &Session) -> Html {
        let ids = twin.world().ids();
        let heads = match self.names(PagePanel::Properties) {
            true => [
                html! { <p>{ say("Without") }{ " " }<b>{ rules_between(session, twin) }</b>{ verdict(session) }</p> },
                html! { <p>{ say("With it") }{ verdict(twin) }</p> },
            ],
            false => {
                [say("That world"), say("As Raft is")].map(|head| html! { <p><b>{ head }</b></p> })
            }
        };
        html! {
            <>
            { for heads }
            <div class="beside" inert={true}>
                <Stage scene={Rc::new(Scene::of_session(twin, Time::ms(30)))} motion={self.paint.motion[1].clone()}
                    geometry={Geometry::new(ids, true)} focus={None} chosen={None} invites={ServerSet::EMPTY}
                    on_pick={Callback::noop()} on_focus={Callback::noop()} on_rendered={&self.wishes.placed} />
            </div>
            </>
        }
    }

    fn right(&self) -> Html {
        let player = self.control.player();
        let session = &player.session;
        let wishes = &self.wishes;
        let table = Rc::new(LogTable::of(session.world(), SHOWN_ENTRIES));
        let twin = player.twin.as_ref();
        let beside = twin.map(logs_beside);
        let title = twin.map_or_else(|| say("Logs"), |_| say("Logs without the rule"));
        let first = if self.charts() {
            self.small_stage(session, session.world().ids())
        } else if self.shows_rules() {
            self.rules(&player)
        } else if self.view == View::Futures && self.room == Room::Play {
            self.futures(&player)
        } else {
            html! { <Logs {title} {table} focus={self.focus} on_focus={&wishes.focus} /> }
        };
        let asked = self.answer.question();
        // The rules and the futures leave room for the latest events alone.
        let whole = self.room == Room::Play && matches!(self.view, View::Logs | View::Chart);
        let filter = whole.then(|| self.filter.clone());
        let most = shown_lines(if whole { self.pages } else { 0 });
        let set_up = self.set_up();
        let hidden = |record: &Record| is_set_up(record, set_up);
        let (rows, more) = events::rows(session, filter.as_ref(), most, &hidden);
        let why = self.answer.why.clone().filter(|_| !self.answers_left());
        let on_rule = (self.room == Room::Play).then(|| wishes.view.reform(|()| View::Rules));
        html! {
            <aside class="side" aria-label={say("Logs, properties and events")}>
                { self.views() }
                { first }
                <div>{ for beside }</div>
                { for self.names(PagePanel::Properties).then(|| promises(&broken(session))) }
                <Events rows={Rc::from(rows)} {asked} {why} from={self.answer.from} on_close={&wishes.unask} {on_rule} {filter} {more}
                    servers={session.world().ids()} on_filter={&wishes.filter} on_more={&wishes.more} />
            </aside>
        }
    }

    /// Whether the course has named this, or it is not a page of the course that is open.
    fn names(&self, panel: PagePanel) -> bool {
        self.room != Room::Learn || self.learning.panels().shows(panel)
    }

    /// The switch between what may stand beside the stage.
    fn views(&self) -> Html {
        if self.room == Room::Learn {
            return Html::default();
        }
        let button = |view: View| {
            let onclick = self.wishes.view.reform(move |_: MouseEvent| view);
            html! { <button key={view.name()} aria-pressed={(view == self.view).to_string()} {onclick}>{ say(view.name()) }</button> }
        };
        html! { <div class="views" role="group" aria-label={say("Views")}>{ for View::ALL.map(button) }</div> }
    }

    /// Whether the answer to why stands at the left, where there is room for all of it.
    fn answers_left(&self) -> bool {
        self.room == Room::Play && !self.compact
    }

    fn shows_rules(&self) -> bool {
        self.view == View::Rules && self.room == Room::Play
    }

    fn futures(&self, player: &Player) -> Html {
        let (session, world) = (&player.session, player.session.world());
        html! {
            <Futures control={&self.control} step={world.last_step()} playing={player.playing}
                can_undo={session.can_undo()} servers={world.ids()} on_wish={&self.wishes.run} />
        }
    }

    fn rules(&self, player: &Player) -> Html {
        let asked = match self.answer.question() {
            Some(Question::Event(moment)) => Some(moment),
            _ => None,
        };
        html! {
            <Rules control={&self.control} step={player.session.world().last_step()} playing={player.playing}
                focus={self.focus} {asked} on_line={&self.wishes.line} />
        }
    }

    fn bottom(&self) -> Html {
        let player = self.control.player();
        let session = &player.session;
        html! {
            <TimeBar timeline={self.timeline.clone()} playing={player.playing}
                speed={player.pace.speed} hurrying={player.playing && player.pace.is_hurrying()}
                on_compare={&self.wishes.compare} bookmarks={session.bookmarks().to_vec()}
                focus={self.focus} backwards={player.backwards} travels={self.room == Room::Play}
                can_undo={session.can_undo()} can_redo={session.can_redo()} branches={self.branches.clone()}
                paint={self.paint.clone()} control={&self.control} />
        }
    }
}

/// What there is to see.
impl App {
    pub(super) fn subject(&self) -> Option<Subject> {
        let player = self.control.player();
        let world = player.session.world();
        let packet = self.chosen.and_then(|id| facts::packet(world, id));
        packet.or_else(|| facts::server(world, self.focus?))
    }

    pub(super) fn progress(&self) -> Progress {
        let player = self.control.player();
        if let Some(violation) = player.session.violations().first() {
            return Progress::Broken(violation.property());
        }
        let world = player.session.world();
        let voters = world.configuration().voters;
        let is_up = |id: &NodeId| world.find(*id).is_some_and(Server::is_up);
        let (up, of) = (voters.iter().filter(is_up).count(), voters.len());
        let network = world.network();
        let cut = |a: NodeId| {
            let others = world.ids().without(a);
            others.iter().any(|b| network.is_cut(a.into(), b.into()))
        };
        if world.ids().iter().any(cut) {
            return Progress::Divided;
        }
        match world.leader() {
            None => Progress::Leaderless { up, of },
            Some(leader) if !self.touched => Progress::Invited(leader),
            Some(leader) => Progress::Succeeded { leader, up, of },
        }
    }

    /// What a screen reader is told: the last thing that changed who leads or who is up.
    pub(super) fn announcement(&self) -> String {
        let player = self.control.player();
        let matters = |fact: &Fact| match fact {
            Fact::Crashed { .. } | Fact::Restarted { .. } => true,
            Fact::Raft { event, .. } => matches!(event, Event::BecameLeader { .. }),
            _ => false,
        };
        let terms = self.names(PagePanel::Terms);
        let records = &player.session.records()[..player.session.told()];
        let mut told = records
            .iter()
            .rev()
            .filter(|_| self.touched)
            .flat_map(|record| {
                let facts = &record.step.facts;
                record.told.iter().filter_map(move |told| {
                    let fact = facts.get(told.fact?)?;
                    matters(fact).then(|| brief(&told.text, fact, terms))
                })
            });
        told.next().unwrap_or_default().into()
    }
}

/// Sentences that are shown, with so many pages of them beside the first.
pub(super) fn shown_lines(pages: usize) -> usize {
    SHOWN_LINES * (1 + pages)
}

/// How long a majority stays in sight: 1.5 seconds of the reader's time.
fn lingering(player: &Player) -> Time {
    Time((player.pace.speed * 1.5e6) as u64)
}

/// Whether a page's set-up did this, which ended with that step: the reader had no hand in it.
fn is_set_up(record: &Record, end: Option<StepId>) -> bool {
    let before = end.is_some_and(|end| record.step.id <= end);
    before && matches!(record.step.cause, Cause::Action(_))
}

/// A sentence; before the course has come to `terms`, without what follows a crash or an election's
/// beginning behind a colon.
fn brief<'a>(text: &'a str, fact: &Fact, terms: bool) -> &'a str {
    let begun = |event: &Event| matches!(event, Event::ElectionStarted { .. });
    let tells_more = match fact {
        Fact::Crashed { .. } | Fact::Restarted { .. } => true,
        Fact::Raft { event, .. } => begun(event),
        _ => false,
    };
    let cut = text.split([':', '：']).next().unwrap_or(text);
    if tells_more && !terms { cut } else { text }
}

/// The last two things that matter in a story, the last one large.
fn caption(session: &Session, set_up: Option<StepId>, terms: bool) -> Html {
    let matters = |fact: &Fact| match fact {
        Fact::Crashed { .. } | Fact::Restarted { .. } => true,
        Fact::Raft { event, .. } => matches!(
            event,
            Event::BecameLeader { .. } | Event::Committed { .. } | Event::ElectionStarted { .. }
        ),
        _ => false,
    };
    let records = session.records()[..session.told()].iter().rev();
    let records = records.filter(|record| !is_set_up(record, set_up));
    let told = records.flat_map(|record| {
        let facts = &record.step.facts;
        let told = record.told.iter().rev();
        told.filter_map(move |one| {
            let fact = facts.get(one.fact?)?;
            matters(fact).then(|| brief(&one.text, fact, terms))
        })
    });
    let last: Vec<&str> = told.take(2).collect();
    let before = last.get(1).copied().unwrap_or_default();
    html! {
        <div class="caption" aria-hidden="true">
            <p class="before">{ before }</p>
            <p>{ last.first().copied().unwrap_or_default() }</p>
        </div>
    }
}

fn logs_beside(twin: &Session) -> Html {
    let table = Rc::new(LogTable::of(twin.world(), SHOWN_ENTRIES));
    html! { <Logs title={say("Logs with the rule")} {table} focus={None} on_focus={Callback::noop()} /> }
}

/// The rules that the twin keeps and the session does not.
fn rules_between(session: &Session, twin: &Session) -> String {
    let rules = |session: &Session| session.scenario().config.rules;
    let (without, with) = (rules(session), rules(twin));
    let between = Rule::ALL.iter();
    let between = between.filter(|rule| with.on(**rule) && !without.on(**rule));
    let names: Vec<&str> = between.map(|rule| rule.name()).collect();
    names.join(", ")
}

/// Which property is broken, if one is.
fn verdict(session: &Session) -> Html {
    match session.violations().first() {
        Some(violation) => {
            html! { <span class="broken">{ " " }{ fill("{} is broken", &[&say(violation.property().name())]) }</span> }
        }
        None => html! { <span>{ " " }{ say("every property holds") }</span> },
    }
}

fn broken(session: &Session) -> Vec<Broken> {
    let broken = session.violations().iter().map(|violation| Broken {
        property: violation.property(),
        text: format!(
            "{}: {}",
            clock(violation.at),
            narrate::violation(spoken(), violation)
        ),
    });
    broken.collect()
}
