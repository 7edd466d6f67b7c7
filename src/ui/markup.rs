//! What [`html!`] writes its calls to: virtual nodes for Yew, made one tag, child and value after the other.
//!
//! [`html!`]: raftarium_html::html

use std::rc::Rc;

pub use raftarium_html::html;
use yew::AttrValue;
use yew::html::IntoPropValue;
use yew::prelude::*;
use yew::virtual_dom::{
    AttributeOrProperty, Attributes, Key, Listener, Listeners, VList, VNode, VTag, VText,
};

thread_local! {
    /// Given to all elements that nobody asks for. Yew would otherwise forget and note again, at every render, which
    /// element each of them is.
    static NOBODY: NodeRef = NodeRef::default();
}

/// Nodes in the making.
pub struct Markup {
    /// The children of all open elements, the innermost one's last.
    nodes: Vec<VNode>,
    open: Vec<Open>,
}

/// An element whose closing tag is to come.
struct Open {
    tag: &'static str,
    attributes: Attributes,
    /// The values of the attributes that may change, as far as they are known.
    values: Vec<Option<AttributeOrProperty>>,
    listeners: Vec<Option<Rc<dyn Listener>>>,
    node_ref: NodeRef,
    key: Option<Key>,
    field_value: Option<AttrValue>,
    checked: Option<bool>,
    /// Where its children begin.
    begin: usize,
}

/// What an attribute can be set to.
pub trait Value {
    /// Its text; with none there is no such attribute.
    fn text(self) -> Option<AttrValue>;
}

#[inline(never)]
fn bare(tag: &'static str, attributes: Attributes, begin: usize) -> Open {
    Open {
        tag,
        attributes,
        values: Vec::new(),
        listeners: Vec::new(),
        node_ref: NOBODY.with(NodeRef::clone),
        key: None,
        field_value: None,
        checked: None,
        begin,
    }
}

#[allow(dead_code, reason = "the page does not use every word of html!")]
impl Markup {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            nodes: Vec::new(),
            open: Vec::new(),
        }
    }

    /// An opening tag whose attributes never change.
    #[inline(never)]
    pub fn open(
        &mut self,
        tag: &'static str,
        attributes: &'static [(&'static str, AttributeOrProperty)],
    ) {
        let begin = self.nodes.len();
        self.open
            .push(bare(tag, Attributes::Static(attributes), begin));
    }

    /// An opening tag with attributes of these names. The first have these values, which never change; those of the
    /// others are to follow.
    #[inline(never)]
    pub fn open_with(
        &mut self,
        tag: &'static str,
        keys: &'static [&'static str],
        fixed: &'static [&'static str],
    ) {
        let values = Box::default();
        let mut open = bare(tag, Attributes::Dynamic { keys, values }, self.nodes.len());
        open.values.reserve_exact(keys.len());
        let fixed = fixed
            .iter()
            .map(|text| Some(AttributeOrProperty::Static(text)));
        open.values.extend(fixed);
        self.open.push(open);
    }

    fn innermost(&mut self) -> &mut Open {
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    /// The value of the next attribute.
    #[inline(never)]
    pub fn value(&mut self, value: impl Value) {
        let value = value.text().map(AttributeOrProperty::Attribute);
        self.innermost().values.push(value);
    }

    /// What an input or a text area holds.
    #[inline(never)]
    pub fn field_value(&mut self, value: impl Value) {
        self.innermost().field_value = value.text();
    }

    /// Whether an input is checked.
    pub fn checked(&mut self, checked: bool) {
        self.innermost().checked = Some(checked);
    }

    /// What tells the element from its siblings.
    #[inline(never)]
    pub fn key(&mut self, key: impl Into<Key>) {
        self.innermost().key = Some(key.into());
    }

    /// Who wants to know the element.
    #[inline(never)]
    pub fn node_ref(&mut self, node_ref: impl IntoPropValue<NodeRef>) {
        self.innermost().node_ref = node_ref.into_prop_value();
    }

    /// Who wants to know of an event.
    #[inline(never)]
    pub fn listener(&mut self, listener: Option<Rc<dyn Listener>>) {
        self.innermost().listeners.push(listener);
    }

    /// A child that never changes.
    #[inline(never)]
    pub fn text(&mut self, text: &'static str) {
        self.nodes.push(VText::new(AttrValue::Static(text)).into());
    }

    /// A child.
    #[inline(never)]
    pub fn child(&mut self, child: impl Into<VNode>) {
        self.nodes.push(child.into());
    }

    /// Any number of children.
    pub fn children(&mut self, children: impl IntoIterator<Item = impl Into<VNode>>) {
        for child in children {
            self.child(child);
        }
    }

    /// A closing tag. An element that always has one child has it for itself; others have a list.
    #[inline(never)]
    pub fn close(&mut self, single: bool) {
        let Some((open, attributes, listeners)) = self.take() else {
            return;
        };
        let children = self.list(open.begin, single);
        let tag = AttrValue::Static(open.tag);
        let tag = VTag::__new_other(
            tag,
            open.node_ref,
            open.key,
            attributes,
            listeners,
            children,
        );
        self.nodes.push(tag.into());
    }

    /// The end of an input.
    #[inline(never)]
    pub fn close_input(&mut self) {
        if let Some((open, attributes, listeners)) = self.take() {
            let (value, checked) = (open.field_value, open.checked);
            let (node_ref, key) = (open.node_ref, open.key);
            let tag = VTag::__new_input(value, checked, node_ref, key, attributes, listeners);
            self.nodes.push(tag.into());
        }
    }

    /// The end of a text area.
    #[inline(never)]
    pub fn close_textarea(&mut self) {
        if let Some((open, attributes, listeners)) = self.take() {
            let (value, node_ref, key) = (open.field_value, open.node_ref, open.key);
            let tag = VTag::__new_textarea(value, None, node_ref, key, attributes, listeners);
            self.nodes.push(tag.into());
        }
    }

    /// What is between this and the end of the group is one child, a list.
    #[inline(never)]
    pub fn group(&mut self) {
        self.open("", &[]);
    }

    /// The end of a group.
    #[inline(never)]
    pub fn end_group(&mut self) {
        if let Some(open) = self.open.pop() {
            let list = self.list(open.begin, false);
            self.nodes.push(list);
        }
    }

    /// All of it: a node that is always one, or a list.
    #[inline(never)]
    pub fn finish(mut self, single: bool) -> VNode {
        self.list(0, single)
    }

    fn list(&mut self, begin: usize, single: bool) -> VNode {
        if single {
            self.nodes.pop().unwrap_or_default()
        } else if self.nodes.len() == begin {
            VNode::default()
        } else {
            let children = self.nodes.split_off(begin);
            VNode::VList(Rc::new(VList::with_children(children, None)))
        }
    }

    fn take(&mut self) -> Option<(Open, Attributes, Listeners)> {
        let mut open = self.open.pop()?;
        let mut attributes = std::mem::take(&mut open.attributes);
        if let Attributes::Dynamic { values, .. } = &mut attributes {
            *values = std::mem::take(&mut open.values).into_boxed_slice();
        }
        let listeners = if open.listeners.is_empty() {
            Listeners::None
        } else {
            Listeners::Pending(std::mem::take(&mut open.listeners).into_boxed_slice())
        };
        Some((open, attributes, listeners))
    }
}

impl Value for AttrValue {
    fn text(self) -> Option<AttrValue> {
        Some(self)
    }
}

impl Value for &'static str {
    fn text(self) -> Option<AttrValue> {
        Some(AttrValue::Static(self))
    }
}

impl Value for String {
    fn text(self) -> Option<AttrValue> {
        Some(self.into())
    }
}

impl Value for &String {
    fn text(self) -> Option<AttrValue> {
        self.clone().text()
    }
}

impl<const N: usize> Value for [&'static str; N] {
    /// Words with spaces between them, for classes; an empty one is none.
    fn text(self) -> Option<AttrValue> {
        words(&self).text()
    }
}

#[inline(never)]
fn words(words: &[&str]) -> String {
    let mut text = String::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word);
    }
    text
}

impl Value for bool {
    /// An attribute that is there or not.
    fn text(self) -> Option<AttrValue> {
        self.then_some(AttrValue::Static(""))
    }
}

impl<T: Value> Value for Option<T> {
    fn text(self) -> Option<AttrValue> {
        self?.text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A node as text, lists in brackets.
    fn written(node: &VNode) -> String {
        match node {
            VNode::VTag(tag) => {
                let mut attributes = tag.attributes.clone();
                let attributes: String = attributes
                    .get_mut_index_map()
                    .iter()
                    .map(|(name, value)| match value {
                        AttributeOrProperty::Attribute(text) => format!(" {name}={:?}", &**text),
                        AttributeOrProperty::Static(text) => format!(" {name}={text:?}"),
                        AttributeOrProperty::Property(_) => format!(" ~{name}"),
                    })
                    .collect();
                let key = tag.key.iter().map(|key| format!(" key:{key}"));
                let (name, key) = (tag.tag(), key.collect::<String>());
                let children = tag.children().map(written).unwrap_or_default();
                format!("<{name}{key}{attributes}>{children}</{name}>")
            }
            VNode::VText(text) => text.text.to_string(),
            VNode::VList(list) => {
                let nodes: Vec<String> = list.iter().map(written).collect();
                format!("[{}]", nodes.join(","))
            }
            _ => "?".into(),
        }
    }

    #[test]
    fn elements_have_their_attributes_and_children() {
        let (class, title) = ("wide", Some(format!("a {}", "title")));
        let node = html! {
            <p {class} id="here" aria-label={title} hidden={true} open={false}>{ "one" }<b>{ 2 }</b></p>
        };
        let attributes = r#"id="here" class="wide" aria-label="a title" hidden="""#;
        assert_eq!(
            written(&node),
            format!("<p {attributes}>[one,<b>2</b>]</p>")
        );
    }

    #[test]
    fn what_never_changes_is_a_table() {
        let node = html! { <td class="a" colspan=2></td> };
        assert_eq!(written(&node), r#"<td class="a" colspan="2">[]</td>"#);
    }

    #[test]
    fn one_sure_child_stands_alone_and_others_are_a_list() {
        let some = ["a", "b"];
        assert_eq!(written(&html! { <i>{ "a" }</i> }), "<i>a</i>");
        assert_eq!(written(&html! { <i>{ for some }</i> }), "<i>[a,b]</i>");
        assert_eq!(written(&html! { <i>{ for Some("a") }</i> }), "<i>[a]</i>");
        assert_eq!(written(&html! { <i>{ for None::<&str> }</i> }), "<i>[]</i>");
        assert_eq!(
            written(&html! { <><i></i><b key="k" /></> }),
            "[<i>[]</i>,<b key:k>[]</b>]"
        );
    }

    #[test]
    fn conditions_and_repetitions_are_one_node_each() {
        let told = |yes: bool| written(&html! { <p>if yes { "yes" } else { <b />{ "no" } }</p> });
        assert_eq!(told(true), "<p>[yes]</p>");
        assert_eq!(told(false), "<p>[<b>[]</b>,no]</p>");
        let rows = html! { <p>{ "n" }for n in 1..3 { <i>{ n }</i> }</p> };
        assert_eq!(written(&rows), "<p>[n,[<i>1</i>,<i>2</i>]]</p>");
    }

    #[test]
    fn words_are_joined() {
        assert_eq!(["a", "", "b"].text(), Some("a b".into()));
        assert_eq!(["", ""].text(), Some("".into()));
    }
}
