//! `html!` for the page: Yew's macro as far as the page needs it, with the same words, but written out as calls.
//!
//! Yew's own macro writes out, for every element, the code that fills in its virtual node field by field: 150 bytes of
//! wasm an element. This one writes calls to `ui::markup::Markup`, one for each tag, child and value, and leaves what
//! never changes in tables. The page is a third smaller for it, and renders faster (`docs/size.md`).
//!
//! ```text
//! <tag name="text" name={value} {shorthand} key={…} ref={…} onclick={…}> children </tag>     <tag … />
//! <Component property={…} />                                                  handed on to Yew's macro
//! { value }   { for values }   "text"   <> several nodes </>
//! if condition { children } else { children }                   for pattern in values { children }
//! ```
//!
//! A value is whatever `ui::markup::Value` is implemented for; a child whatever Yew can make a node of.

use std::iter::once;

use proc_macro::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

/// Makes a virtual node. See the crate's documentation.
#[proc_macro]
pub fn html(input: TokenStream) -> TokenStream {
    let mut parser = Parser::new(input);
    match parser.children(None) {
        Ok(Children { code, single }) => {
            let new: TokenStream = code_of("crate::ui::markup::Markup::new()");
            let variable: TokenStream = once(TokenTree::from(markup())).collect();
            let finish = call("finish", [code_of(if single { "true" } else { "false" })]);
            let body = [
                code_of("let mut"),
                variable,
                code_of("="),
                new,
                code_of(";"),
                code,
                finish,
            ];
            braced(body.into_iter().collect())
        }
        Err(Mistake { span, text }) => {
            let message = TokenTree::from(Literal::string(&text));
            let error = [
                code_of("::core::compile_error!"),
                parenthesized(message.into()),
            ];
            spanned(error.into_iter().collect(), span)
        }
    }
}

/// What cannot be understood: where, and why.
struct Mistake {
    span: Span,
    text: String,
}

/// The code that adds some children, and whether it always adds exactly one.
struct Children {
    code: TokenStream,
    single: bool,
}

struct Parser {
    tokens: Vec<TokenTree>,
    at: usize,
}

impl Parser {
    fn new(tokens: TokenStream) -> Self {
        Self {
            tokens: tokens.into_iter().collect(),
            at: 0,
        }
    }

    /// Children up to the closing tag of `parent`, or to the end.
    fn children(&mut self, parent: Option<&str>) -> Result<Children, Mistake> {
        let (mut code, mut count, mut sure) = (TokenStream::new(), 0, true);
        loop {
            match (self.peek(0), parent) {
                (None, None) => break,
                (None, Some(parent)) => return self.mistake(format!("<{parent}> is not closed")),
                (Some(_), Some(parent)) if self.is(0, '<') && self.is(1, '/') => {
                    self.close(parent)?;
                    break;
                }
                (Some(_), _) => {
                    let child = self.child()?;
                    code.extend(child.code);
                    sure &= child.single;
                    count += 1;
                }
            }
        }
        let single = sure && count == 1;
        Ok(Children { code, single })
    }

    fn close(&mut self, parent: &str) -> Result<(), Mistake> {
        self.at += 2;
        let name = if self.is(0, '>') {
            String::new()
        } else {
            self.name()?
        };
        if name != parent {
            self.at -= 1;
            return self.mistake(format!("</{name}> closes <{parent}>"));
        }
        self.expect('>')
    }

    fn child(&mut self) -> Result<Children, Mistake> {
        let code = match self.peek(0).cloned() {
            Some(TokenTree::Punct(punct)) if punct.as_char() == '<' => self.tag()?,
            Some(TokenTree::Literal(text)) => {
                self.at += 1;
                call("text", [text_of(&text)])
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                self.at += 1;
                return block(&group);
            }
            Some(TokenTree::Ident(word)) if word.to_string() == "if" => self.condition()?,
            Some(TokenTree::Ident(word)) if word.to_string() == "for" => self.repetition()?,
            _ => {
                return self
                    .mistake("a tag, a text, a block, `if` or `for` is expected here".into());
            }
        };
        Ok(Children { code, single: true })
    }

    /// `<…`: an element, a component or a list.
    fn tag(&mut self) -> Result<TokenStream, Mistake> {
        let begin = self.at;
        self.at += 1;
        if self.is(0, '>') {
            self.at += 1;
            let children = self.children(Some(""))?;
            return Ok(grouped(children.code));
        }
        let name = self.name()?;
        if name.starts_with(char::is_uppercase) {
            return self.component(begin);
        }
        let mut element = Element::new(&name);
        while !self.is(0, '>') && !self.is(0, '/') {
            self.attribute(&mut element)?;
        }
        let children = if self.is(0, '/') {
            self.at += 1;
            self.expect('>')?;
            Children {
                code: TokenStream::new(),
                single: false,
            }
        } else {
            self.at += 1;
            self.children(Some(&name))?
        };
        Ok(element.code(children))
    }

    /// Yew's own macro knows how components are made.
    fn component(&mut self, begin: usize) -> Result<TokenStream, Mistake> {
        while !self.is(0, '/') {
            if self.peek(0).is_none() || self.is(0, '>') {
                return self.mistake("a component has no children here: it ends with />".into());
            }
            self.at += 1;
        }
        self.at += 1;
        self.expect('>')?;
        let tokens = self.tokens[begin..self.at].iter().cloned().collect();
        let node = [code_of("::yew::html!"), braced(tokens)];
        Ok(call("child", [node.into_iter().collect()]))
    }

    fn attribute(&mut self, element: &mut Element) -> Result<(), Mistake> {
        if let Some(TokenTree::Group(group)) = self.peek(0).cloned() {
            self.at += 1;
            return element.add(
                &group.stream().to_string(),
                group.stream().into_iter().next(),
            );
        }
        let name = self.name()?;
        self.expect('=')?;
        let value = self.peek(0).cloned();
        self.at += 1;
        match value {
            Some(TokenTree::Literal(_)) | Some(TokenTree::Group(_)) => element.add(&name, value),
            _ => {
                self.at -= 1;
                self.mistake(format!(
                    "a text or a block is expected as the value of {name}"
                ))
            }
        }
    }

    /// `if condition { … } else { … }`: one node in any case, so that its siblings keep their places.
    fn condition(&mut self) -> Result<TokenStream, Mistake> {
        let mut code = TokenStream::new();
        loop {
            code.extend(self.up_to_block());
            code.extend(once(self.body()?));
            match self.peek(0) {
                Some(TokenTree::Ident(word)) if word.to_string() == "else" => {}
                _ => return Ok(grouped(code)),
            }
        }
    }

    /// `for pattern in values { … }`
    fn repetition(&mut self) -> Result<TokenStream, Mistake> {
        let mut code: TokenStream = self.up_to_block();
        code.extend(once(self.body()?));
        Ok(grouped(code))
    }

    fn up_to_block(&mut self) -> TokenStream {
        let is_block = |token: &TokenTree| matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        let rest = &self.tokens[self.at..];
        let length = rest.iter().position(is_block).unwrap_or(rest.len());
        self.at += length;
        rest[..length].iter().cloned().collect()
    }

    fn body(&mut self) -> Result<TokenTree, Mistake> {
        let Some(TokenTree::Group(group)) = self.peek(0).cloned() else {
            return self.mistake("a block is expected here".into());
        };
        self.at += 1;
        let children = Self::new(group.stream()).children(None)?;
        Ok(Group::new(Delimiter::Brace, children.code).into())
    }

    /// A name, perhaps with dashes: `aria-label`.
    fn name(&mut self) -> Result<String, Mistake> {
        let mut name = String::new();
        loop {
            let Some(TokenTree::Ident(part)) = self.peek(0) else {
                return self.mistake("a name is expected here".into());
            };
            name.push_str(&part.to_string());
            self.at += 1;
            if !self.is(0, '-') {
                return Ok(name);
            }
            name.push('-');
            self.at += 1;
        }
    }

    fn peek(&self, ahead: usize) -> Option<&TokenTree> {
        self.tokens.get(self.at + ahead)
    }

    fn is(&self, ahead: usize, punct: char) -> bool {
        matches!(self.peek(ahead), Some(TokenTree::Punct(found)) if found.as_char() == punct)
    }

    fn expect(&mut self, punct: char) -> Result<(), Mistake> {
        if !self.is(0, punct) {
            return self.mistake(format!("`{punct}` is expected here"));
        }
        self.at += 1;
        Ok(())
    }

    fn mistake<T>(&self, text: String) -> Result<T, Mistake> {
        let token = self.peek(0).or_else(|| self.tokens.last());
        let span = token.map_or_else(Span::call_site, TokenTree::span);
        Err(Mistake { span, text })
    }
}

/// `{ value }` or `{ for values }`
fn block(group: &Group) -> Result<Children, Mistake> {
    let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
    match tokens.as_slice() {
        [] => Err(Mistake {
            span: group.span(),
            text: "an empty block is no child".into(),
        }),
        [TokenTree::Literal(text)] => Ok(Children {
            code: call("text", [text_of(text)]),
            single: true,
        }),
        [TokenTree::Ident(word), rest @ ..] if word.to_string() == "for" => Ok(Children {
            code: call("children", [rest.iter().cloned().collect()]),
            single: false,
        }),
        _ => Ok(Children {
            code: call("child", [group.stream()]),
            single: true,
        }),
    }
}

/// An element with its attributes, sorted by what becomes of them.
struct Element {
    tag: String,
    /// Those whose values never change.
    fixed: Vec<(String, TokenStream)>,
    /// The names of the others.
    changing: Vec<String>,
    /// Everything that is computed, in the order in which it is written.
    code: TokenStream,
}

impl Element {
    fn new(tag: &str) -> Self {
        Self {
            tag: tag.into(),
            fixed: Vec::new(),
            changing: Vec::new(),
            code: TokenStream::new(),
        }
    }

    fn add(&mut self, name: &str, value: Option<TokenTree>) -> Result<(), Mistake> {
        let is_field = matches!(self.tag.as_str(), "input" | "textarea");
        let method = match (name, value) {
            ("key", Some(value)) => call("key", [inner(value)]),
            ("ref", Some(value)) => call("node_ref", [inner(value)]),
            ("value", Some(value)) if is_field => call("field_value", [inner(value)]),
            ("checked", Some(value)) if is_field => call("checked", [inner(value)]),
            (name, Some(value)) if name.starts_with("on") => {
                let new = code_of(&format!("::yew::html::{name}::Wrapper::__macro_new"));
                let listener = [new, parenthesized(inner(value))];
                call("listener", [listener.into_iter().collect()])
            }
            (name, Some(TokenTree::Literal(value))) => {
                self.fixed.push((name.into(), text_of(&value)));
                return Ok(());
            }
            (name, Some(value)) => {
                self.changing.push(name.into());
                call("value", [inner(value)])
            }
            (name, None) => {
                return Err(Mistake {
                    span: Span::call_site(),
                    text: format!("{name} has no value"),
                });
            }
        };
        self.code.extend(method);
        Ok(())
    }

    fn code(self, children: Children) -> TokenStream {
        let tag = string(&self.tag);
        let (names, values): (Vec<String>, Vec<TokenStream>) = self.fixed.into_iter().unzip();
        let open = if self.changing.is_empty() {
            let pair = |(name, value): (&String, &TokenStream)| {
                let fixed = code_of("::yew::virtual_dom::AttributeOrProperty::Static");
                let value = [fixed, parenthesized(value.clone())];
                parenthesized(separated([string(name), value.into_iter().collect()]))
            };
            call("open", [tag, table(names.iter().zip(&values).map(pair))])
        } else {
            let names = names.iter().chain(&self.changing);
            call(
                "open_with",
                [tag, table(names.map(|name| string(name))), table(values)],
            )
        };
        let close = match self.tag.as_str() {
            "input" => call("close_input", []),
            "textarea" => call("close_textarea", []),
            _ => call(
                "close",
                [code_of(if children.single { "true" } else { "false" })],
            ),
        };
        [open, self.code, children.code, close]
            .into_iter()
            .collect()
    }
}

/// The code between the two calls that make one list of what it adds.
fn grouped(code: TokenStream) -> TokenStream {
    [call("group", []), code, call("end_group", [])]
        .into_iter()
        .collect()
}

/// What is inside a block; a literal as it is.
fn inner(value: TokenTree) -> TokenStream {
    match value {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => group.stream(),
        value => value.into(),
    }
}

/// The variable that everything is added to; no name in the page can be confused with it.
fn markup() -> Ident {
    Ident::new("markup", Span::mixed_site())
}

/// `markup.method(arguments);`; without the semicolon for the last one.
fn call<const N: usize>(method: &str, arguments: [TokenStream; N]) -> TokenStream {
    let mut code: TokenStream = once(TokenTree::from(markup())).collect();
    code.extend([
        TokenTree::from(Punct::new('.', Spacing::Alone)),
        Ident::new(method, Span::call_site()).into(),
    ]);
    code.extend(parenthesized(separated(arguments)));
    if method != "finish" {
        code.extend(code_of(";"));
    }
    code
}

fn separated(parts: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let comma = || TokenStream::from(TokenTree::from(Punct::new(',', Spacing::Alone)));
    parts.into_iter().flat_map(|part| [part, comma()]).collect()
}

/// `&[parts]`
fn table(parts: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let list = Group::new(Delimiter::Bracket, separated(parts));
    [code_of("&"), TokenTree::from(list).into()]
        .into_iter()
        .collect()
}

fn parenthesized(code: TokenStream) -> TokenStream {
    TokenTree::from(Group::new(Delimiter::Parenthesis, code)).into()
}

fn braced(code: TokenStream) -> TokenStream {
    TokenTree::from(Group::new(Delimiter::Brace, code)).into()
}

/// A literal as a text: `2` is "2".
fn text_of(literal: &Literal) -> TokenStream {
    let source = literal.to_string();
    match source.starts_with(['"', 'r']) {
        true => TokenTree::from(literal.clone()).into(),
        false => string(&source),
    }
}

fn string(text: &str) -> TokenStream {
    TokenTree::from(Literal::string(text)).into()
}

fn spanned(code: TokenStream, span: Span) -> TokenStream {
    let spanned = |mut token: TokenTree| {
        token.set_span(span);
        token
    };
    code.into_iter().map(spanned).collect()
}

fn code_of(text: &str) -> TokenStream {
    text.parse().expect("what this file writes is Rust")
}
