//! What Share offers: this moment as a link, as a script, as a file, as a picture, and in another
//! page; and the way back to a run that was kept.

mod export;
mod field;

pub use self::export::text as save_text;

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use self::field::CopyField;
use crate::narrate::{fill, say};
use crate::session::{self, Session, TimeWish, link};
use crate::sim::text::LONGEST_TEXT;
use crate::ui::control::{Control, sentence};
use crate::ui::play::kept;
use crate::ui::play::settings::RunWish;
use crate::ui::reasons::why::element;

/// The longest link that is offered, in characters: what longer ones are pasted into cuts them.
const LONGEST: usize = 8_000;

#[derive(Clone, Properties, PartialEq)]
pub struct ShareProps {
    pub control: Control,
    /// Keeps the present run, so that it is in the list.
    pub on_keep: Callback<()>,
    pub on_wish: Callback<RunWish>,
}

/// The button, and what it opens. The browser closes it: by Escape, or by a click beside it.
#[component]
pub fn ShareMenu(props: &ShareProps) -> Html {
    let opened = use_state(|| 0u32);
    let onclick = {
        let (opened, props) = (opened.clone(), props.clone());
        Callback::from(move |_: MouseEvent| {
            let control = &props.control;
            // A moment is shared: time waits.
            let now = control.player().session.now();
            control.time(TimeWish::Seek(now));
            props.on_keep.emit(());
            opened.set(*opened + 1);
        })
    };
    html! {
        <>
        <button class="bordered share" popovertarget="share" {onclick}>{ say("Share") }</button>
        <div id="share" class="share-menu" popover="auto" role="dialog" aria-label={say("Share")}>
            { for (*opened > 0).then(|| contents(props, &opened)) }
        </div>
        </>
    }
}

fn contents(props: &ShareProps, opened: &UseStateHandle<u32>) -> Html {
    let control = &props.control;
    let code = link::write(&control.player().session);
    let page = page();
    let link = format!("{page}#/run/{code}");
    let links = if link.len() > LONGEST {
        html! { <p>{ say("This run is too long for a link. Download the session, and send the file.") }</p> }
    } else {
        write_address(&link);
        let frame = format!(
            "<iframe src=\"{page}?embed#/run/{code}\" title=\"A Raft cluster\" width=\"720\" height=\"540\" loading=\"lazy\"></iframe>"
        );
        html! {
            <>
            <CopyField label="Link to this moment" text={link} />
            { for (!is_framed()).then(|| html! { <CopyField label="Embed this moment" text={frame} /> }) }
            </>
        }
    };
    html! {
        <>
        { links }
        { script(control) }
        <h2>{ say("Download") }</h2>
        { downloads(control) }
        <h2>{ say("Open") }</h2>
        { open_file(props) }
        { earlier(props, opened) }
        </>
    }
}

/// The address of the page, without the moment.
fn page() -> String {
    let location = web_sys::window().map(|window| window.location());
    let part = |part: Option<Result<String, JsValue>>| part.and_then(Result::ok);
    let origin = part(location.as_ref().map(|location| location.origin()));
    let path = part(location.as_ref().map(|location| location.pathname()));
    format!("{}{}", origin.unwrap_or_default(), path.unwrap_or_default())
}

/// Whether another page shows this one.
fn is_framed() -> bool {
    let window = web_sys::window();
    window.is_some_and(|window| window.parent().ok().flatten().as_ref() != Some(&window))
}

/// Whether the page is to show one run and little else: `?embed`.
pub fn is_embed() -> bool {
    let search = web_sys::window().and_then(|window| window.location().search().ok());
    search.is_some_and(|search| {
        search
            .trim_start_matches('?')
            .split('&')
            .any(|word| word == "embed")
    })
}

/// The same run in a page of its own.
pub fn own_page() -> String {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok());
    format!("{}{}", page(), hash.unwrap_or_default())
}

/// Closes what the browser has opened on top of the page.
pub fn close_popover(selector: &str) {
    if let Some(open) = element(selector) {
        // It may be closed already.
        let _ = open.unchecked_into::<HtmlElement>().hide_popover();
    }
}

/// Replacing tells nobody of a change, so the page does not open its own link.
fn write_address(link: &str) {
    let history = web_sys::window().and_then(|window| window.history().ok());
    if let Some(history) = history.filter(|_| !is_embed()) {
        // A page that may not change its address offers the link as text all the same.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(link));
    }
}

fn downloads(control: &Control) -> Html {
    type Make = fn(&Session) -> String;
    let texts: [(&'static str, &'static str, Make); 3] = [
        (say("Session"), "raftarium-session.txt", Session::write),
        (say("Trace"), "raftarium-trace.ndjson", Session::trace),
        (
            say("Client history"),
            "raftarium-clients.ndjson",
            Session::history,
        ),
    ];
    let texts = texts.into_iter().map(|(label, name, make)| {
        let control = control.clone();
        let onclick = move |_: MouseEvent| {
            let text = make(&control.player().session);
            if export::text(name, &text).is_none() {
                control.say(say("This browser does not let the page save a file."));
            }
        };
        html! { <button key={label} class="bordered small" {onclick}>{ label }</button> }
    });
    let picture = |label: &'static str, pixels: bool| {
        let control = control.clone();
        let onclick = move |_: MouseEvent| {
            let control = control.clone();
            spawn_local(async move {
                if export::picture(pixels).await.is_none() {
                    control.say(say("This browser does not let the page save a picture."));
                }
            });
        };
        html! { <button class="bordered small" {onclick}>{ label }</button> }
    };
    html! {
        <div class="buttons">
            { for texts }
            { picture("SVG", false) }
            { picture("PNG", true) }
        </div>
    }
}

/// Copies the run in the words of the grammar.
fn script(control: &Control) -> Html {
    let control = control.clone();
    let onclick = move |_: MouseEvent| {
        let control = control.clone();
        let text = control.player().session.write();
        spawn_local(async move {
            control.say(if export::copy(&text).await {
                say("The script is copied.")
            } else {
                say("Copying is not allowed here. Download the session: it is the same script.")
            });
        });
    };
    html! { <div class="buttons"><button class="bordered small" {onclick}>{ say("Copy as script") }</button></div> }
}

/// A session file, or a script.
fn open_file(props: &ShareProps) -> Html {
    let props = props.clone();
    let onchange = Callback::from(move |event: Event| {
        let (control, wish) = (props.control.clone(), props.on_wish.clone());
        read_chosen(&event, move |text| match text.and_then(|it| opened(&it)) {
            Ok(session) => {
                close_popover("#share");
                wish.emit(RunWish::Open(session.into()));
            }
            Err(why) => control.say(why),
        });
    });
    html! {
        <label class="share-file"><span>{ say("A session file") }</span><input type="file" accept=".txt,text/plain" {onchange} /></label>
    }
}

fn opened(text: &str) -> Result<Session, String> {
    let followed = session::open(text).map_err(|why| sentence(why.to_string()))?;
    match followed.error {
        None => Ok(followed.session),
        Some(why) => Err(sentence(why.to_string())),
    }
}

/// Reads the file that was chosen in this field, and passes on its text, or a sentence that says
/// what is wrong with it.
pub fn read_chosen(event: &Event, pass: impl FnOnce(Result<String, String>) + 'static) {
    let input = event.target_dyn_into::<HtmlInputElement>();
    let file = input.as_ref().and_then(|input| input.files()?.get(0));
    let Some((input, file)) = input.zip(file) else {
        return;
    };
    spawn_local(async move {
        let text = text_of(&file).await;
        // The same file can be chosen again.
        input.set_value("");
        pass(text);
    });
}

async fn text_of(file: &web_sys::File) -> Result<String, String> {
    if file.size() > LONGEST_TEXT as f64 {
        let most = LONGEST_TEXT / 1000;
        return Err(fill("This file is too long: {} KB at most.", &[&most]));
    }
    let text = JsFuture::from(file.text()).await.ok();
    let text = text.and_then(|text| text.as_string());
    let text = text.ok_or_else(|| say("This file cannot be read."))?;
    if text.trim().is_empty() {
        return Err(say("This file is empty.").into());
    }
    let unreadable =
        |c: char| c == char::REPLACEMENT_CHARACTER || c.is_control() && !c.is_whitespace();
    if text.contains(unreadable) {
        return Err(say("This file is no text.").into());
    }
    Ok(text)
}

/// The runs that were kept.
fn earlier(props: &ShareProps, opened: &UseStateHandle<u32>) -> Html {
    let runs = kept::list();
    if runs.is_empty() {
        return Html::default();
    }
    let runs = runs.into_iter().map(|run| {
        let (props, code) = (props.clone(), run.link.clone());
        let onclick = Callback::from(move |_: MouseEvent| match link::read_whole(&code) {
            Ok(session) => {
                close_popover("#share");
                props.on_wish.emit(RunWish::Open(session.into()));
            }
            Err(why) => props.control.say(why),
        });
        let forget = {
            let (opened, id) = (opened.clone(), run.id);
            move |_: MouseEvent| {
                kept::forget(id);
                opened.set(*opened + 1);
            }
        };
        let label = fill("Delete {}, {}", &[&run.title, &run.when()]);
        html! {
            <li key={run.id.to_string()}>
                <button {onclick}><span>{ &run.title }</span><small>{ run.when() }</small></button>
                <button class="plain small" aria-label={label} title={say("Delete this run")} onclick={forget}>{ "×" }</button>
            </li>
        }
    });
    html! {
        <>
        <h2>{ say("Your runs, kept in this browser") }</h2>
        <ul class="kept">{ for runs }</ul>
        </>
    }
}
