//! One listener for many alike: which of them an event came from is written in a `data-`
//! attribute. It spares a component, a closure and a listener for each.

use wasm_bindgen::JsCast;
use web_sys::{Element, Event};
use yew::Callback;

use crate::raft::NodeId;

/// Calls back with what `find` finds in an event, if it finds something.
pub fn pick<E: 'static, T: 'static>(on: &Callback<T>, find: fn(&E) -> Option<T>) -> Callback<E> {
    let on = on.clone();
    Callback::from(move |event: E| {
        if let Some(found) = find(&event) {
            on.emit(found);
        }
    })
}

/// The element the event came from, or the nearest one around it, that fits `selector`.
pub fn around(event: &Event, selector: &str) -> Option<Element> {
    let target: Element = event.target()?.dyn_into().ok()?;
    target.closest(selector).ok()?
}

/// The number in the attribute `name` of the element the event came from, or of the nearest one
/// around it that has it.
pub fn number(event: &Event, name: &str) -> Option<u64> {
    let element = around(event, &format!("[{name}]"))?;
    element.get_attribute(name)?.parse().ok()
}

/// The server that the event came from.
pub fn server(event: &Event) -> Option<NodeId> {
    NodeId::new(number(event, "data-server")? as usize)
}
