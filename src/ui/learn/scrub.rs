//! A number in a sentence that can be changed where it stands: drag it sideways, tap one of its
//! ends, or use the arrow keys.

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

/// How far a finger moves for one step, in CSS pixels.
const STEP_WIDTH: i32 = 4;

#[derive(Properties, PartialEq)]
pub struct ScrubProps {
    /// What the number means, for those who do not see the sentence.
    pub label: &'static str,
    pub value: u64,
    /// The least and the greatest value, and the step between two.
    pub range: (u64, u64, u64),
    pub on_change: Callback<u64>,
}

/// Where it was taken hold of, its value then, and whether it was dragged since.
type Hold = Option<(i32, u64, bool)>;

/// The number.
#[component]
pub fn Scrub(props: &ScrubProps) -> Html {
    let hold = use_mut_ref(|| Hold::None);
    let (least, greatest, step) = props.range;
    let (value, on_change) = (props.value, props.on_change.clone());
    let set = move |from: u64, steps: i64| {
        let wanted = from.saturating_add_signed(steps * step as i64);
        let wanted = wanted.clamp(least, greatest);
        if wanted != value {
            on_change.emit(wanted);
        }
    };
    let onkeydown = {
        let set = set.clone();
        move |event: KeyboardEvent| {
            let steps = match event.key().as_str() {
                "ArrowRight" | "ArrowUp" => 1,
                "ArrowLeft" | "ArrowDown" => -1,
                "PageUp" => 10,
                "PageDown" => -10,
                _ => return,
            };
            // These keys mean something else to the page.
            event.prevent_default();
            event.stop_propagation();
            set(value, steps);
        }
    };
    let onpointerdown = {
        let hold = hold.clone();
        move |event: PointerEvent| {
            if let Some(number) = number(&event) {
                // Where it cannot be captured, it is dragged only while the pointer is over it.
                let _ = number.set_pointer_capture(event.pointer_id());
            }
            *hold.borrow_mut() = Some((event.client_x(), value, false));
        }
    };
    let onpointermove = {
        let (hold, set) = (hold.clone(), set.clone());
        move |event: PointerEvent| {
            let mut hold = hold.borrow_mut();
            let Some((x, from, dragged)) = hold.as_mut() else {
                return;
            };
            let steps = (event.client_x() - *x) / STEP_WIDTH;
            *dragged |= steps != 0;
            if *dragged {
                set(*from, steps.into());
            }
        }
    };
    let onpointerup = {
        let hold = hold.clone();
        move |event: PointerEvent| {
            let tapped = matches!(hold.take(), Some((_, _, false)));
            if let Some(number) = number(&event).filter(|_| tapped) {
                let area = number.get_bounding_client_rect();
                let right = f64::from(event.client_x()) > area.x() + area.width() / 2.0;
                set(value, if right { 1 } else { -1 });
            }
        }
    };
    let onpointercancel = move |_: PointerEvent| *hold.borrow_mut() = None;
    html! {
        <span class="scrub" role="slider" tabindex="0" aria-label={props.label} translate="no"
            aria-valuemin={least.to_string()} aria-valuemax={greatest.to_string()} aria-valuenow={value.to_string()}
            {onkeydown} {onpointerdown} {onpointermove} {onpointerup} {onpointercancel}>{ value }</span>
    }
}

/// The number: it holds nothing but text.
fn number(event: &PointerEvent) -> Option<Element> {
    event.target()?.dyn_into().ok()
}
