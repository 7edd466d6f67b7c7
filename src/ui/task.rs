//! A task in a thread of its own, so that the page goes on as if there were none: in the worker's
//! program (`src/worker.rs`). Its name says what to do: a first word, and what the task needs.

use std::rc::Rc;

use wasm_bindgen::closure::Closure;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{ErrorEvent, MessageEvent, Worker};

/// A worker, as long as this is kept: to stop the task is to end the worker.
pub struct Task {
    worker: Worker,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut(ErrorEvent)>,
}

#[wasm_bindgen]
extern "C" {
    /// Starts the worker's program (`static/boot.js`).
    #[wasm_bindgen(js_name = startWorker)]
    fn start_worker(name: &str) -> Worker;
}

impl Task {
    /// Starts a task. `tell` hears what it says; nothing, if it cannot start.
    pub fn start(name: &str, tell: Rc<dyn Fn(Option<JsValue>)>) -> Self {
        let worker = start_worker(name);
        let told = tell.clone();
        let heard = Closure::new(move |event: MessageEvent| told(Some(event.data())));
        let failed = Closure::new(move |_: ErrorEvent| tell(None));
        worker.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        worker.set_onerror(Some(failed.as_ref().unchecked_ref()));
        Self {
            worker,
            _heard: heard,
            _failed: failed,
        }
    }

    /// Says something to it. A worker that is gone says so itself.
    pub fn say(&self, message: &JsValue) {
        let _ = self.worker.post_message(message);
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
