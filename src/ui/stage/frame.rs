//! The loop that lets time pass: it runs in an animation frame when something is due, and sleeps in
//! between. Meanwhile the browser moves what moves.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::Window;

/// Events that are due sooner than this, in milliseconds, wait for the next frame.
const FRAME: f64 = 17.0;

/// Calls back in an animation frame when it was asked to, until it is stopped. A hidden tab has no
/// frames, so time stands still there.
#[derive(Clone)]
pub struct FrameLoop(Rc<Inner>);

type Tick = Closure<dyn FnMut(f64)>;

struct Inner {
    tick: RefCell<Option<Tick>>,
    asked: Cell<Option<i32>>,
    sleep: RefCell<Option<Timeout>>,
    /// Stored, because every frame needs it.
    window: Option<Window>,
}

impl FrameLoop {
    /// A loop that is not running. `on_frame` gets the time, and returns how long nothing is due,
    /// both in milliseconds, or that the loop must stop.
    pub fn new(mut on_frame: impl FnMut(f64) -> Option<f64> + 'static) -> Self {
        let inner = Rc::new(Inner {
            tick: RefCell::new(None),
            asked: Cell::new(None),
            sleep: RefCell::new(None),
            window: web_sys::window(),
        });
        let weak = Rc::downgrade(&inner);
        let tick = Tick::new(move |timestamp| {
            let Some(inner) = weak.upgrade() else { return };
            inner.asked.set(None);
            match on_frame(timestamp) {
                Some(pause) if pause < FRAME => inner.ask(),
                Some(pause) => inner.sleep(pause - FRAME),
                None => {}
            }
        });
        *inner.tick.borrow_mut() = Some(tick);
        Self(inner)
    }

    /// Goes on with the next frame. A frame that was asked for before is asked for anew: should it
    /// have been lost, whatever the user does next brings the page back to life.
    pub fn start(&self) {
        *self.0.sleep.borrow_mut() = None;
        self.0.cancel();
        self.0.ask();
    }
}

impl Inner {
    fn cancel(&self) {
        if let (Some(window), Some(asked)) = (&self.window, self.asked.take()) {
            // Nothing is lost if the frame was shown already.
            let _ = window.cancel_animation_frame(asked);
        }
    }

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

    fn sleep(self: &Rc<Self>, milliseconds: f64) {
        let weak = Rc::downgrade(self);
        let wake = move || {
            if let Some(inner) = weak.upgrade() {
                inner.ask();
            }
        };
        *self.sleep.borrow_mut() = Some(Timeout::new(milliseconds as u32, wake));
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.cancel();
    }
}
