//! The frame loop: one closure, asked for again as long as it is wanted.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::Window;

/// Calls back on every animation frame, until it is told to stop.
#[derive(Clone)]
pub struct FrameLoop(Rc<Inner>);

type Tick = Closure<dyn FnMut(f64)>;

struct Inner {
    tick: RefCell<Option<Tick>>,
    asked: Cell<Option<i32>>,
    /// Looked up once: it is needed in every frame.
    window: Option<Window>,
}

impl FrameLoop {
    /// A loop that is not running. `on_frame` gets the time in milliseconds and says whether it
    /// wants another frame.
    pub fn new(mut on_frame: impl FnMut(f64) -> bool + 'static) -> Self {
        let inner = Rc::new(Inner {
            tick: RefCell::new(None),
            asked: Cell::new(None),
            window: web_sys::window(),
        });
        let weak = Rc::downgrade(&inner);
        let tick = Tick::new(move |timestamp| {
            let Some(inner) = weak.upgrade() else { return };
            inner.asked.set(None);
            if on_frame(timestamp) {
                inner.ask();
            }
        });
        *inner.tick.borrow_mut() = Some(tick);
        Self(inner)
    }

    /// Goes on, if it stands.
    pub fn start(&self) {
        self.0.ask();
    }
}

impl Inner {
    fn ask(&self) {
        if self.asked.get().is_some() {
            return;
        }
        let (Some(window), Some(tick)) = (&self.window, &*self.tick.borrow()) else {
            return;
        };
        let asked = window.request_animation_frame(tick.as_ref().unchecked_ref());
        self.asked.set(asked.ok());
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let (Some(window), Some(asked)) = (&self.window, self.asked.get()) {
            // Nothing is lost if the frame was shown already.
            let _ = window.cancel_animation_frame(asked);
        }
    }
}
