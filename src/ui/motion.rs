//! What moves on the stage: packets along their ways, and the rings of the election timers.
//!
//! A place is a function of the time. After each rendering the stage hands its moving elements
//! over; each frame writes their places and nothing else.

use std::cell::RefCell;

use wasm_bindgen::JsCast;
use web_sys::{Element, SvgGraphicsElement, SvgTransform, SvgsvgElement};

use super::geometry::{Geometry, Point};
use crate::sim::Time;
use crate::view::Scene;

/// The moving parts of the stage that is on the screen.
#[derive(Default)]
pub struct Motion {
    parts: RefCell<Parts>,
}

#[derive(Default)]
struct Parts {
    packets: Vec<Moving>,
    rings: Vec<Ring>,
}

struct Moving {
    transform: SvgTransform,
    from: Point,
    to: Point,
    sent_at: Time,
    arrives_at: Time,
}

struct Ring {
    element: Element,
    set_at: Time,
    deadline: Time,
    /// The last value written, in thousandths of the ring.
    shown: i32,
}

impl Motion {
    /// Takes over the elements of a freshly rendered stage: the children of `packets` in the order
    /// of the scene's packets, and those of `rings` in the order of its running timers.
    pub fn take_over(
        &self,
        svg: &SvgsvgElement,
        (packets, rings): (&Element, &Element),
        scene: &Scene,
        geometry: &Geometry,
    ) {
        let mut parts = self.parts.borrow_mut();
        let elements = packets.children();
        parts.packets.clear();
        for (nth, packet) in scene.packets.iter().enumerate() {
            let Some(transform) = elements.item(nth as u32).and_then(|e| transform(svg, e)) else {
                continue;
            };
            let (from, to) = geometry.way(packet.from, packet.to);
            let (sent_at, arrives_at) = (packet.sent_at, packet.arrives_at);
            parts.packets.push(Moving {
                transform,
                from,
                to,
                sent_at,
                arrives_at,
            });
        }
        let elements = rings.children();
        let timers = scene.servers.iter().filter_map(|server| server.timer);
        parts.rings.clear();
        for (nth, (set_at, deadline)) in timers.enumerate() {
            if let Some(element) = elements.item(nth as u32) {
                parts.rings.push(Ring {
                    element,
                    set_at,
                    deadline,
                    shown: -1,
                });
            }
        }
    }

    /// Puts everything where it is at `now`.
    pub fn place(&self, now: Time) {
        let mut parts = self.parts.borrow_mut();
        for packet in &parts.packets {
            let progress = share(packet.sent_at, packet.arrives_at, now);
            let (a, b) = (packet.from, packet.to);
            let (x, y) = (a.0 + (b.0 - a.0) * progress, a.1 + (b.1 - a.1) * progress);
            let _ = packet.transform.set_translate(x, y);
        }
        for ring in &mut parts.rings {
            let left = 1.0 - share(ring.set_at, ring.deadline, now);
            let thousandths = (left * 1000.0) as i32;
            // A change that nobody can see is not worth writing.
            if (thousandths - ring.shown).abs() >= 8 || thousandths == 0 {
                ring.shown = thousandths;
                let dash = format!("{thousandths} 1000");
                let _ = ring.element.set_attribute("stroke-dasharray", &dash);
            }
        }
    }
}

fn share(from: Time, to: Time, now: Time) -> f32 {
    let whole = to.saturating_sub(from).0.max(1) as f32;
    (now.saturating_sub(from).0 as f32 / whole).clamp(0.0, 1.0)
}

/// The transform of an element that this module owns.
fn transform(svg: &SvgsvgElement, element: Element) -> Option<SvgTransform> {
    let list = element
        .dyn_into::<SvgGraphicsElement>()
        .ok()?
        .transform()
        .base_val();
    if list.number_of_items() > 0 {
        return list.get_item(0).ok();
    }
    list.append_item(&svg.create_svg_transform()).ok()
}
