//! Components rendered without a browser, for tests.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use yew::prelude::*;

use crate::raft::ServerSet;
use crate::session::{Player, Session};
use crate::sim::Time;
use crate::ui::control::Control;
use crate::ui::reasons::events::{Events, EventsProps};
use crate::ui::reasons::rules::{Rules, RulesProps};
use crate::ui::time::futures::{Futures, FuturesProps};
use crate::view::kinds::Filter;

/// The HTML of a component.
fn html_of<C>(props: C::Properties) -> String
where
    C: BaseComponent,
    C::Properties: Clone,
{
    let renderer = yew::LocalServerRenderer::<C>::with_props(props);
    let mut rendering = pin!(renderer.hydratable(false).render());
    loop {
        let mut context = Context::from_waker(Waker::noop());
        if let Poll::Ready(html) = rendering.as_mut().poll(&mut context) {
            return html;
        }
    }
}

fn control() -> Control {
    let text = "servers 3\n seed 1\n clients 0\n config latency=10ms\n timeout S1";
    let mut session = Session::read(text).unwrap();
    session.advance(Time::ms(10));
    Control::new(Player::new(session), Callback::noop())
}

#[test]
fn the_rules_show_what_was_compared() {
    let control = control();
    let step = control.player().session.world().last_step();
    let html = html_of::<Rules>(RulesProps {
        control,
        step,
        playing: false,
        focus: None,
        asked: None,
        on_line: Callback::noop(),
    });
    assert!(
        html.contains("1 &gt; 0") && html.contains("votedFor = none"),
        "{html}"
    );
    assert_eq!(
        html.matches("rules-box lit").count(),
        3,
        "all, followers, RequestVote"
    );
}

#[test]
fn the_fan_is_shown_while_time_stands() {
    let props = |playing| {
        let control = control();
        let step = control.player().session.world().last_step();
        FuturesProps {
            control,
            step,
            playing,
            can_undo: false,
            servers: ServerSet::EMPTY,
            on_wish: Callback::noop(),
        }
    };
    let html = html_of::<Futures>(props(false));
    assert!(
        html.contains("S3 times out") && html.contains("S2 crashes"),
        "{html}"
    );
    assert!(html.contains("two leaders of one term"), "{html}");
    assert!(!html_of::<Futures>(props(true)).contains("times out"));
}

#[test]
fn the_list_of_events_has_its_filter_in_play_alone() {
    let props = |filter| EventsProps {
        rows: [].into(),
        asked: None,
        why: None,
        from: None,
        on_close: Callback::noop(),
        on_rule: None,
        filter,
        servers: ServerSet::EMPTY,
        more: true,
        on_filter: Callback::noop(),
        on_more: Callback::noop(),
    };
    let html = html_of::<Events>(props(Some(Filter::default())));
    assert!(
        html.contains("your acts") && html.contains("Earlier events"),
        "{html}"
    );
    assert!(!html_of::<Events>(props(None)).contains("select"));
}
