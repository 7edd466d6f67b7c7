//! A line drawn over the stage: it parts the servers on one side from those on the other.

use wasm_bindgen::JsCast;
use web_sys::{DomRect, Element, PointerEvent};
use yew::prelude::*;

use crate::raft::{NodeId, ServerSet};
use crate::ui::reasons::why::element;

/// A line shorter than this is a click, in CSS pixels.
const SHORTEST: f64 = 40.0;

type Point = (f64, f64);

#[derive(Properties)]
pub struct DivideProps {
    pub class: &'static str,
    /// Whether a line can be drawn.
    pub draws: bool,
    pub ids: ServerSet,
    /// Gets the servers on one side of the line.
    pub on_divide: Callback<ServerSet>,
    pub children: Html,
}

impl PartialEq for DivideProps {
    /// Children cannot be compared: they render what differs by themselves.
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// The stage, and the line while it is drawn.
#[component]
pub fn Divide(props: &DivideProps) -> Html {
    let line = use_state(|| None::<(Point, Point)>);
    let onpointerdown = {
        let line = line.clone();
        let draws = props.draws;
        move |event: PointerEvent| {
            if draws {
                line.set(Some((point(&event), point(&event))));
            }
        }
    };
    let onpointermove = {
        let line = line.clone();
        move |event: PointerEvent| {
            if let Some((from, _)) = *line {
                line.set(Some((from, point(&event))));
            }
        }
    };
    let onpointerup = {
        let (line, ids, on_divide) = (line.clone(), props.ids, props.on_divide.clone());
        move |event: PointerEvent| {
            let Some((from, _)) = *line else { return };
            line.set(None);
            let to = point(&event);
            if is_long((from, to)) {
                on_divide.emit(beyond((from, to), ids));
            }
        }
    };
    let onpointercancel = {
        let line = line.clone();
        move |_: PointerEvent| line.set(None)
    };
    let drawn = line.filter(|line| is_long(*line)).map(|(from, to)| {
        let area = element(".stages").map(|area| area.get_bounding_client_rect());
        let (x, y) = area.map_or((0.0, 0.0), |area| (area.left(), area.top()));
        let at = |part: f64| part.round().to_string();
        html! {
            <svg class="divide" aria-hidden="true">
                <line x1={at(from.0 - x)} y1={at(from.1 - y)} x2={at(to.0 - x)} y2={at(to.1 - y)} />
            </svg>
        }
    });
    let class = classes!(props.class, props.draws.then_some("draws"));
    html! {
        <div {class} {onpointerdown} {onpointermove} {onpointerup} {onpointercancel}>
            { props.children.clone() }
            { for drawn }
        </div>
    }
}

fn point(event: &PointerEvent) -> Point {
    (f64::from(event.client_x()), f64::from(event.client_y()))
}

fn is_long((from, to): (Point, Point)) -> bool {
    (to.0 - from.0).hypot(to.1 - from.1) >= SHORTEST
}

/// The servers on the left of the line, which has no ends.
fn beyond((from, to): (Point, Point), ids: ServerSet) -> ServerSet {
    let is_left = |id: &NodeId| {
        let body = element(&format!("#server-{id} .server-body", id = id.number()));
        let place: Option<DomRect> =
            body.map(|body| body.unchecked_into::<Element>().get_bounding_client_rect());
        place.is_some_and(|place| {
            let (x, y) = (
                place.left() + place.width() / 2.0,
                place.top() + place.height() / 2.0,
            );
            (to.0 - from.0) * (y - from.1) - (to.1 - from.1) * (x - from.0) > 0.0
        })
    };
    let left = ids.iter().filter(is_left);
    left.fold(ServerSet::EMPTY, ServerSet::with)
}
