//! What the page does when it panics: it keeps the run, and shows a page that says what happened and
//! offers the link that reproduces it (`static/fail.js`).
//!
//! A panic can happen while the session is borrowed, so it cannot be asked then. It is noted here
//! whenever the user has done something to it.

use std::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

use crate::narrate::say;
use crate::session::{Session, link};
use crate::ui::play::kept::{self, Kept};

thread_local! {
    static NOTED: RefCell<Noted> = RefCell::default();
}

/// The session as it was after the user's last action.
#[derive(Default)]
struct Noted {
    /// Its number of actions and its seed: when they change, it is stored again.
    mark: (usize, u64),
    /// The link that opens it; empty while the user has done nothing.
    link: String,
}

#[wasm_bindgen]
extern "C" {
    /// Takes the place of the page. `run` is the address of the run that was open, or empty.
    fn fail(message: &str, run: &str);
}

/// Shows the page for panics from now on.
pub fn catch_panics() {
    // Not the standard library's own: Yew would replace it when it starts.
    yew::set_custom_panic_hook(Box::new(|info| {
        NOTED.with(|noted| {
            // Borrowed only if noting itself has panicked: then there is nothing to keep.
            let noted = noted.try_borrow();
            let link = noted.map_or(String::new(), |noted| noted.link.clone());
            if link.is_empty() {
                return fail(&info.to_string(), "");
            }
            fail(&info.to_string(), &format!("#/run/{link}"));
            kept::keep(Kept {
                id: kept::fresh(),
                title: say("Before Raftarium stopped").into(),
                link,
            });
        });
    }));
}

/// Notes the session, if the user has done something to it since.
pub fn note(session: &Session) {
    let mark = (session.actions().len(), session.scenario().seed);
    NOTED.with(|noted| {
        let mut noted = noted.borrow_mut();
        if noted.mark == mark {
            return;
        }
        *noted = if mark.0 == 0 {
            Noted {
                mark,
                ..Noted::default()
            }
        } else {
            Noted {
                mark,
                link: link::write(session),
            }
        };
    });
}
