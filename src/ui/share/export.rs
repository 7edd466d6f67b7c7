//! Texts and pictures leave the page: to the clipboard, and as files.

use gloo_timers::callback::Timeout;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::js_sys::Array;
use web_sys::{
    Blob, CanvasRenderingContext2d, CssStyleDeclaration, Element, HtmlAnchorElement,
    HtmlCanvasElement, HtmlImageElement, Node, Url, Window, XmlSerializer,
};

use crate::ui::reasons::why::element;

/// How long a file can be fetched by the browser that saves it, in milliseconds.
const SAVING: u32 = 60_000;

/// How many pixels a picture has for each of the screen.
const SCALE: f64 = 2.0;

/// What a stylesheet says of the parts of a picture. It is written into the file, which has no
/// stylesheet.
const STYLES: [&str; 16] = [
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linecap",
    "stroke-linejoin",
    "opacity",
    "fill-opacity",
    "stroke-opacity",
    "paint-order",
    "visibility",
    "font-family",
    "font-size",
    "font-weight",
    "text-anchor",
    "transform",
];

/// What only the page needs.
const PAGES_OWN: [&str; 9] = [
    "class",
    "tabindex",
    "role",
    "data-refs",
    "data-about",
    "data-ask",
    "data-server",
    "data-packet",
    "data-link",
];

/// Copies a text, where the browser lets a page do that.
pub fn copy(text: &str) -> impl Future<Output = bool> {
    // Elsewhere there is no clipboard to ask.
    let window = web_sys::window().filter(Window::is_secure_context);
    let copied = window.map(|window| window.navigator().clipboard().write_text(text));
    async move {
        match copied {
            Some(copied) => JsFuture::from(copied).await.is_ok(),
            None => false,
        }
    }
}

/// Saves a text.
pub fn text(name: &str, text: &str) -> Option<()> {
    let blob = Blob::new_with_str_sequence(&Array::of1(&text.into())).ok()?;
    let url = Url::create_object_url_with_blob(&blob).ok()?;
    save(name, &url)?;
    // The browser reads it after this.
    let forget = move || drop(Url::revoke_object_url(&url));
    Timeout::new(SAVING, forget).forget();
    Some(())
}

fn save(name: &str, url: &str) -> Option<()> {
    let document = web_sys::window()?.document()?;
    let anchor: HtmlAnchorElement = document.create_element("a").ok()?.unchecked_into();
    anchor.set_href(url);
    anchor.set_download(name);
    anchor.click();
    Some(())
}

/// Saves the stage, or the chart in its place, as it stands: as lines, or as pixels.
pub async fn picture(pixels: bool) -> Option<()> {
    let (svg, width, height) = drawn()?;
    if !pixels {
        return text("raftarium-stage.svg", &svg);
    }
    let blob =
        Blob::new_with_str_sequence_and_options(&Array::of1(&svg.into()), &svg_type()).ok()?;
    let url = Url::create_object_url_with_blob(&blob).ok()?;
    let image = HtmlImageElement::new().ok()?;
    image.set_src(&url);
    let loaded = JsFuture::from(image.decode()).await;
    let _ = Url::revoke_object_url(&url);
    loaded.ok()?;
    let document = web_sys::window()?.document()?;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.unchecked_into();
    let (width, height) = (width * SCALE, height * SCALE);
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context = canvas.get_context("2d").ok()??;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    let draw = CanvasRenderingContext2d::draw_image_with_html_image_element_and_dw_and_dh;
    draw(&context, &image, 0.0, 0.0, width, height).ok()?;
    save("raftarium-stage.png", &canvas.to_data_url().ok()?)
}

fn svg_type() -> web_sys::BlobPropertyBag {
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("image/svg+xml");
    options
}

/// The picture as a document of its own, with its width and height.
fn drawn() -> Option<(String, f64, f64)> {
    let (window, picture) = (web_sys::window()?, element("main svg")?);
    let place = picture.get_bounding_client_rect();
    let copy: Element = picture.clone_node_with_deep(true).ok()?.unchecked_into();
    write_styles(&window, &picture, &copy)?;
    copy.set_attribute("xmlns", "http://www.w3.org/2000/svg")
        .ok()?;
    copy.set_attribute("width", &place.width().to_string())
        .ok()?;
    copy.set_attribute("height", &place.height().to_string())
        .ok()?;
    let ground = window
        .document()?
        .create_element_ns(Some("http://www.w3.org/2000/svg"), "rect");
    let ground = ground.ok()?;
    let colour = style_of(&window, &element("body")?)?;
    for (name, value) in [
        ("x", "-50%"),
        ("y", "-50%"),
        ("width", "200%"),
        ("height", "200%"),
    ] {
        ground.set_attribute(name, value).ok()?;
    }
    let colour = colour.get_property_value("background-color").ok()?;
    ground.set_attribute("fill", &colour).ok()?;
    copy.insert_before(&ground, copy.first_child().as_ref())
        .ok()?;
    let svg = XmlSerializer::new().ok()?.serialize_to_string(&copy).ok()?;
    Some((svg, place.width(), place.height()))
}

fn style_of(window: &Window, element: &Element) -> Option<CssStyleDeclaration> {
    window.get_computed_style(element).ok()?
}

/// Writes into the copy how the picture looks. What is not shown is left out.
fn write_styles(window: &Window, shown: &Element, copy: &Element) -> Option<()> {
    let style = style_of(window, shown)?;
    for name in STYLES {
        let value = style.get_property_value(name).ok()?;
        // Its own transform would be written twice; a property that does not apply has no value.
        if !value.is_empty() && (name, value.as_str()) != ("transform", "none") {
            copy.set_attribute(name, &value).ok()?;
        }
    }
    for name in PAGES_OWN {
        copy.remove_attribute(name).ok()?;
    }
    let (theirs, ours) = (shown.children(), copy.children());
    let pairs = (0..theirs.length()).filter_map(|nth| theirs.item(nth).zip(ours.item(nth)));
    for (shown, copy) in pairs.collect::<Vec<_>>() {
        let display = style_of(window, &shown)?
            .get_property_value("display")
            .ok()?;
        if display == "none" {
            let copy: &Node = copy.as_ref();
            copy.parent_node()?.remove_child(copy).ok()?;
        } else {
            write_styles(window, &shown, &copy)?;
        }
    }
    Some(())
}
