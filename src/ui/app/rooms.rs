//! The four rooms: what there is to see of the session, made anew whenever something happened.

use super::*;

/// Entries of a log that are shown.
const SHOWN_ENTRIES: u64 = 30;

/// Sentences that are shown.
const SHOWN_LINES: usize = 25;

/// The four rooms.
impl App {
    pub(super) fn left(&self) -> Html {
        let player = self.player.borrow();
        let (session, world) = (&player.session, player.session.world());
        let wishes = &self.wishes;
        let subject = self.subject();
        let subject = subject.map(|subject| inspector(&subject, &wishes.act, &wishes.close));
        let waits = world.network().holds_any();
        let held = waits.then(|| held(world, &wishes.let_go, &wishes.act));
        let room = match (&self.bench, self.room) {
            (Some(bench), _) => bench.view(),
            (_, Room::Learn) => lesson(&self.learning, session, &wishes.learn),
            (_, Room::Play) => guide(self.progress()),
        };
        let settings = (self.room == Room::Play).then(|| {
            html! {
                <>
                <Breaking rules={world.config().rules} on_act={&wishes.act} on_wish={&wishes.run} />
                <Settings next={NodeId::first(MAX_SERVERS).find(|id| world.is_free(*id))}
                    servers={session.scenario().servers} seed={session.scenario().seed}
                    setup={world.setup()}
                    text={self.run_text.clone()} error={self.run_error.clone()}
                    on_act={&wishes.act} on_wish={&wishes.run} />
                </>
            }
        });
        html! {
            <div class="lesson">
                <div class="lesson-scroll">
                    <div key={self.room as usize}>{ room }</div>
                    <div class="held-messages">{ for held }</div>
                    <div class="subject">{ for subject }</div>
                    <div class="settings-room">{ for settings }</div>
                </div>
                <div>{ for (self.room == Room::Learn).then(|| way(&self.learning, &wishes.learn)) }</div>
            </div>
        }
    }

    pub(super) fn middle(&self) -> Html {
        let player = self.player.borrow();
        let world = player.session.world();
        let wishes = &self.wishes;
        let invites = match (self.room, self.progress()) {
            (Room::Learn, _) => inviting(self.learning.touch(&player.session), world),
            (_, Progress::Invited(leader)) => ServerSet::EMPTY.with(leader),
            _ => ServerSet::EMPTY,
        };
        let held = self.is_held();
        let request = (!world.clients().is_empty()).then(|| {
            html! { <Request key={lesson_address(self.learning.place)} on_send={&wishes.send} {held}
            error={self.request_error.clone()} /> }
        });
        html! {
            <main class="stage">
                <Stage scene={Rc::new(Scene::of(world))} motion={self.motion.clone()}
                    geometry={Geometry::new(world.ids(), self.compact)}
                    focus={self.focus} chosen={self.chosen} {invites}
                    on_pick={&wishes.pick} on_focus={&wishes.focus} on_rendered={&wishes.placed} />
                <div class="acts">
                    { tools(self.tool, &wishes.tool) }
                    <div>{ for request }</div>
                </div>
                <p class="visually-hidden" role="status">{ self.announcement() }</p>
            </main>
        }
    }

    pub(super) fn right(&self) -> Html {
        let player = self.player.borrow();
        let session = &player.session;
        let wishes = &self.wishes;
        let table = Rc::new(LogTable::of(session.world(), SHOWN_ENTRIES));
        html! {
            <aside class="side" aria-label="Logs, promises and events">
                <Logs {table} focus={self.focus} on_focus={&wishes.focus} />
                { promises(&broken(session)) }
                <Events lines={lines(session)} why={self.why.clone()} on_close={&wishes.unask} />
            </aside>
        }
    }

    pub(super) fn bottom(&self) -> Html {
        let player = self.player.borrow();
        let session = &player.session;
        html! {
            <TimeBar timeline={self.timeline.clone()} playing={player.playing}
                speed={player.pace.speed} hurrying={player.pace.is_hurrying()}
                can_undo={session.can_undo()} can_redo={session.can_redo()}
                slider={self.slider.clone()} clock={self.clock.clone()}
                on_wish={&self.wishes.time} />
        }
    }
}

/// What there is to see.
impl App {
    pub(super) fn subject(&self) -> Option<Subject> {
        let player = self.player.borrow();
        let world = player.session.world();
        let packet = self.chosen.and_then(|id| facts::packet(world, id));
        packet.or_else(|| facts::server(world, self.focus?))
    }

    pub(super) fn progress(&self) -> Progress {
        let player = self.player.borrow();
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
        let player = self.player.borrow();
        let matters = |fact: &Fact| match fact {
            Fact::Crashed { .. } | Fact::Restarted { .. } => true,
            Fact::Raft { event, .. } => matches!(event, Event::BecameLeader { .. }),
            _ => false,
        };
        let records = &player.session.records()[..player.session.told()];
        let mut told = records
            .iter()
            .rev()
            .filter(|_| self.touched)
            .flat_map(|record| {
                let facts = &record.step.facts;
                record
                    .told
                    .iter()
                    .filter(move |told| told.fact.is_some_and(|place| matters(&facts[place])))
            });
        told.next()
            .map(|sentence| sentence.text.clone())
            .unwrap_or_default()
    }
}

fn lines(session: &Session) -> Rc<[Line]> {
    let records = session.records()[..session.told()].iter().rev();
    let lines = records.flat_map(|record| {
        let (step, at) = (record.step.id, record.step.at);
        let told = record.told.iter().rev();
        told.map(move |sentence| Line {
            moment: (step, sentence.fact),
            at,
            text: sentence.text.clone(),
            about: kin::told(sentence),
        })
    });
    lines.take(SHOWN_LINES).collect()
}

fn broken(session: &Session) -> Vec<Broken> {
    let broken = session.violations().iter().map(|violation| Broken {
        property: violation.property(),
        text: format!("{}: {violation}", clock(violation.at)),
    });
    broken.collect()
}
