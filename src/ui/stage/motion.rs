//! What moves on the stage: packets along their ways, and the rings of the election timers.
//!
//! A place is a function of the time. While time stands still it is written down; while time passes,
//! the browser moves everything by itself: each moving part is an animation whose own time is that
//! of the run, in milliseconds since the part began to move, and whose rate is the rate at which
//! the run passes. So nothing is to be computed from frame to frame, only when something happens.

use std::cell::RefCell;

use wasm_bindgen::prelude::*;
use web_sys::js_sys::JSON;
use web_sys::{Animation, Element, SvgGraphicsElement, SvgTransform, SvgsvgElement};

use crate::sim::Time;
use crate::ui::stage::geometry::{Geometry, Point, px};
use crate::view::Scene;

/// The moving parts of the stage that is on the screen.
#[derive(Default)]
pub struct Motion(RefCell<Parts>);

#[derive(Default)]
struct Parts {
    packets: Vec<Moving<Flight>>,
    rings: Vec<Moving<Ring>>,
    /// Seconds of the run in a second of the wall clock; none while time stands still.
    rate: f64,
}

/// An element that moves, and how.
struct Moving<Way> {
    element: Element,
    way: Way,
    span: (Time, Time),
    animation: Option<Animation>,
}

/// From one place to another.
#[derive(PartialEq)]
struct Flight(Point, Point);

/// A ring that drains.
#[derive(PartialEq)]
struct Ring;

/// How an element is written down where it stands, and moved.
trait Way: PartialEq {
    /// Its keyframes, as JSON.
    fn keyframes(&self) -> String;
    /// Puts it where it is after `share` of its way, from 0 to 1.
    fn write(&self, element: &Element, share: f32);
}

impl Way for Flight {
    fn keyframes(&self) -> String {
        let place = |(x, y): Point| format!("translate({}px,{}px)", px(x), px(y));
        format!(
            r#"{{"transform":["{}","{}"]}}"#,
            place(self.0),
            place(self.1)
        )
    }

    fn write(&self, element: &Element, share: f32) {
        let (a, b) = (self.0, self.1);
        let (x, y) = (a.0 + (b.0 - a.0) * share, a.1 + (b.1 - a.1) * share);
        if let Some(transform) = transform(element) {
            let _ = transform.set_translate(x, y);
        }
    }
}

impl Way for Ring {
    fn keyframes(&self) -> String {
        // A change that cannot be seen is not painted.
        r#"{"strokeDasharray":["1000 1000","0 1000"],"easing":"steps(125)"}"#.into()
    }

    fn write(&self, element: &Element, share: f32) {
        let left = ((1.0 - share) * 1000.0) as i32;
        let _ = element.set_attribute("stroke-dasharray", &format!("{left} 1000"));
    }
}

impl Motion {
    /// Takes over the elements of a freshly rendered stage: the children of `packets` in the order
    /// of the scene's packets, and those of `rings` in the order of its running timers.
    pub fn take_over(
        &self,
        (packets, rings): (&Element, &Element),
        scene: &Scene,
        geometry: &Geometry,
    ) {
        let parts = &mut *self.0.borrow_mut();
        let flights = scene.packets.iter().map(|packet| {
            let (from, to) = geometry.way(packet.from, packet.to);
            (Flight(from, to), (packet.sent_at, packet.arrives_at))
        });
        renew(&mut parts.packets, packets, flights);
        let timers = scene.servers.iter().filter_map(|server| server.timer);
        renew(&mut parts.rings, rings, timers.map(|span| (Ring, span)));
    }

    /// Puts everything where it is at `now`. From there on it moves by itself, at `rate` seconds of
    /// the run a second, or stays where it is if that is 0.
    pub fn place(&self, now: Time, rate: f64) {
        let parts = &mut *self.0.borrow_mut();
        let changed = rate != parts.rate;
        parts.rate = rate;
        for packet in &mut parts.packets {
            packet.place(now, rate, changed);
        }
        for ring in &mut parts.rings {
            ring.place(now, rate, changed);
        }
    }
}

/// Makes `all` the children of `parent`; those that move as before go on doing so.
fn renew<W: Way>(
    all: &mut Vec<Moving<W>>,
    parent: &Element,
    ways: impl Iterator<Item = (W, (Time, Time))>,
) {
    let children = parent.children();
    let mut old = std::mem::take(all);
    for (nth, (way, span)) in ways.enumerate() {
        let Some(element) = children.item(nth as u32) else {
            continue;
        };
        let same = |part: &Moving<W>| {
            part.span == span && part.way == way && part.element.is_same_node(Some(&element))
        };
        all.push(match old.iter().position(same) {
            Some(known) => old.swap_remove(known),
            None => Moving {
                element,
                way,
                span,
                animation: None,
            },
        });
    }
    // The rest moves no more, or differently: an element may be in use for something else.
    for part in old {
        if let Some(animation) = part.animation {
            animation.cancel();
        }
    }
}

impl<W: Way> Moving<W> {
    fn place(&mut self, now: Time, rate: f64, changed: bool) {
        let (from, to) = self.span;
        let (gone, whole) = (now.saturating_sub(from), to.saturating_sub(from));
        if rate == 0.0 {
            if let Some(animation) = self.animation.take() {
                animation.cancel();
            }
            let share = gone.0 as f32 / whole.0.max(1) as f32;
            self.way.write(&self.element, share.clamp(0.0, 1.0));
            return;
        }
        if self.animation.is_some() && !changed {
            return;
        }
        let animation = self.animation.get_or_insert_with(|| {
            // Where it stays when its animation is over.
            self.way.write(&self.element, 1.0);
            let keyframes = JSON::parse(&self.way.keyframes()).unwrap_or_default();
            let movable: &Movable = self.element.unchecked_ref();
            movable.animate(&keyframes, milliseconds(whole))
        });
        animation.set_playback_rate(rate);
        animation.set_current_time(Some(milliseconds(gone)));
    }
}

fn milliseconds(time: Time) -> f64 {
    time.0 as f64 / 1000.0
}

#[wasm_bindgen]
extern "C" {
    /// An element, as <https://developer.mozilla.org/en-US/docs/Web/API/Element/animate> has it:
    /// `web-sys` counts this as unstable, browsers have had it since 2020.
    type Movable;

    /// Moves it through `keyframes` within `duration` milliseconds.
    #[wasm_bindgen(method)]
    fn animate(this: &Movable, keyframes: &JsValue, duration: f64) -> Animation;
}

/// The transform of an element that this module owns.
fn transform(element: &Element) -> Option<SvgTransform> {
    let element: &SvgGraphicsElement = element.dyn_ref()?;
    let list = element.transform().base_val();
    if list.number_of_items() > 0 {
        return list.get_item(0).ok();
    }
    let svg: SvgsvgElement = element.owner_svg_element()?;
    list.append_item(&svg.create_svg_transform()).ok()
}
