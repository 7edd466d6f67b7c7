//! The few SVG elements that everything on the stage is made of. Each is spelt out once: a macro's
//! worth of code at every place would weigh in the page.

use yew::prelude::*;

use crate::ui::stage::geometry::{Point, px};

/// The middle of whatever is being drawn.
pub const ORIGIN: Point = (0.0, 0.0);

/// A circle around `at`.
pub fn circle(class: &'static str, at: Point, r: f32) -> Html {
    html! { <circle {class} cx={px(at.0)} cy={px(at.1)} r={px(r)} /> }
}

/// A line of text, its middle at `at`.
pub fn text(class: &'static str, at: Point, content: impl ToString) -> Html {
    words(class, at, content.to_string())
}
fn words(class: &'static str, (x, y): Point, content: String) -> Html {
    html! { <text {class} x={px(x)} y={px(y)}>{ content }</text> }
}

/// A rectangle around `at`, half as wide and half as high as given.
pub fn rect(class: &'static str, at: Point, (half_width, half_height): Point, round: f32) -> Html {
    html! {
        <rect {class} x={px(at.0 - half_width)} y={px(at.1 - half_height)}
            width={px(2.0 * half_width)} height={px(2.0 * half_height)} rx={px(round)} />
    }
}

/// A path.
pub fn path(class: &'static str, d: impl Into<AttrValue>) -> Html {
    let d: AttrValue = d.into();
    html! { <path {class} {d} /> }
}

/// A line.
pub fn line(class: &'static str, from: Point, to: Point) -> Html {
    html! { <line {class} x1={px(from.0)} y1={px(from.1)} x2={px(to.0)} y2={px(to.1)} /> }
}
