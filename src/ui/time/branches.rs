//! The branches, under the run: each is a button at the place where it leaves the run, with its
//! outcome. A click exchanges it with the present run.

use std::rc::Rc;

use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use crate::narrate::{fill, say};
use crate::session::{BranchWish, LONGEST_NAME, RunId};
use crate::sim::Time;
use crate::ui::control::Control;
use crate::ui::time::compare::{CompareWish, Other};
use crate::view::branches::BranchMark;

#[derive(Properties, PartialEq)]
pub struct BranchesProps {
    pub marks: Rc<[BranchMark]>,
    /// How much time the bar above shows.
    pub span: Time,
    pub control: Control,
    pub on_compare: Callback<CompareWish>,
}

/// The branches.
#[component]
pub fn Branches(props: &BranchesProps) -> Html {
    let naming = use_state(|| None::<RunId>);
    let rows = props.marks.iter().map(|mark| {
        let control = props.control.clone();
        let on_wish = {
            let naming = naming.clone();
            Callback::from(move |wish| {
                naming.set(None);
                control.branch(wish);
            })
        };
        let on_naming = {
            let naming = naming.clone();
            let id = mark.id;
            Callback::from(move |()| naming.set(Some(id)))
        };
        html! {
            <Row key={mark.id.0} mark={mark.clone()} percent={percent(mark.from, props.span)}
                naming={*naming == Some(mark.id)} {on_wish} {on_naming} on_compare={&props.on_compare} />
        }
    });
    html! { <ul class="branches" aria-label={say("Branches")}>{ for rows }</ul> }
}

/// Where on the bar, in whole percent.
fn percent(at: Time, span: Time) -> u64 {
    (at.0.min(span.0) * 100).checked_div(span.0).unwrap_or(0)
}

#[derive(Properties, PartialEq)]
struct RowProps {
    mark: BranchMark,
    percent: u64,
    /// Whether its name is being written.
    naming: bool,
    on_wish: Callback<BranchWish>,
    on_naming: Callback<()>,
    on_compare: Callback<CompareWish>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let (row, field) = (use_node_ref(), use_node_ref());
    {
        let row = row.clone();
        use_effect_with(props.percent, move |percent| {
            // The content policy allows no styles in the text of the page.
            if let Some(row) = row.cast::<HtmlElement>() {
                let _ = row.style().set_property("--from", &format!("{percent}%"));
            }
        });
    }
    {
        let field = field.clone();
        use_effect_with(props.naming, move |_| {
            if let Some(input) = field.cast::<HtmlInputElement>() {
                let _ = input.focus();
                input.select();
            }
        });
    }
    let mark = &props.mark;
    let id = mark.id;
    let wish = |wish: BranchWish| props.on_wish.reform(move |_: MouseEvent| wish.clone());
    let name = if props.naming {
        naming(mark, &field, &props.on_wish)
    } else {
        html! {
            <button class="branch-name" onclick={wish(BranchWish::Take(id))}
                title={say("Exchange it with the present run")}>
                <span class="visually-hidden">{ say("Branch:") }{ " " }</span>{ &mark.name }
            </button>
        }
    };
    let outcome = classes!("branch-outcome", mark.is_broken.then_some("broken"));
    html! {
        <li ref={row} class="branch">
            { name }
            <span class={outcome}>{ &mark.outcome }</span>
            <button class="branch-act always" aria-label={fill("Compare with {}", &[&mark.name])}
                onclick={props.on_compare.reform(move |_: MouseEvent| CompareWish::With(Other::Branch(id)))}>{ say("Compare") }</button>
            <button class="branch-act" aria-label={fill("Name {}", &[&mark.name])}
                onclick={props.on_naming.reform(|_: MouseEvent| ())}>{ say("Name") }</button>
            <button class="branch-act" aria-label={fill("Delete {}", &[&mark.name])}
                onclick={wish(BranchWish::Delete(id))}>{ say("Delete") }</button>
        </li>
    }
}

/// The field for a name. Leaving the field stores the name.
fn naming(mark: &BranchMark, field: &NodeRef, on_wish: &Callback<BranchWish>) -> Html {
    let id = mark.id;
    let done = {
        let (field, on_wish) = (field.clone(), on_wish.clone());
        move || {
            if let Some(input) = field.cast::<HtmlInputElement>() {
                on_wish.emit(BranchWish::Name(id, input.value()));
            }
        }
    };
    let onsubmit = {
        let done = done.clone();
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            done();
        })
    };
    let onblur = Callback::from(move |_: FocusEvent| done());
    html! {
        <form class="branch-naming" {onsubmit}>
            <input ref={field} type="text" aria-label={say("Name of the branch")} value={mark.name.clone()}
                maxlength={LONGEST_NAME.to_string()} autocomplete="off" {onblur} />
        </form>
    }
}
