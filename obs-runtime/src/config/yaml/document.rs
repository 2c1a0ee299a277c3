//! A YAML document as a tree with positions.
//!
//! The tree is built from the parser's events, without recursion, and no deeper than
//! [`MAX_DEPTH`], so that no file can exhaust the stack. An alias is another pointer to the
//! node of its anchor, so that no file can multiply itself either.

use std::collections::BTreeMap;
use std::rc::Rc;

use obs_schema::Issue;
use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, Tag};

/// The deepest nesting, aliases included. A configuration needs three levels.
pub(super) const MAX_DEPTH: usize = 32;

/// A value with its place.
#[derive(Debug)]
pub(super) struct Node {
    /// The place of its first character.
    pub(super) place: Place,
    /// What it is.
    pub(super) data: Data,
    /// How many levels it has, itself included.
    depth: usize,
}

/// A line and a column, both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) line: u32,
    pub(super) column: u32,
}

impl From<Marker> for Place {
    fn from(marker: Marker) -> Self {
        let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            line: number(marker.line().max(1)),
            column: number(marker.col() + 1),
        }
    }
}

/// What a node is.
#[derive(Debug)]
pub(super) enum Data {
    /// Text, and whether it stands without quotes, so that it can be something else than text.
    Scalar {
        /// The text, without quotes.
        text: String,
        /// Whether it had none.
        plain: bool,
    },
    /// `[..]`.
    List(Vec<Rc<Node>>),
    /// `{..}`: keys with values, in their order.
    Map(Vec<(Rc<Node>, Rc<Node>)>),
}

/// The first thing that makes a text no document.
pub(super) type Failure = (Place, Issue);

/// Reads the one document of a text; `None` when there is none.
pub(super) fn parse(text: &str) -> Result<Option<Rc<Node>>, Failure> {
    let mut builder = Builder::default();
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) =
            event.map_err(|error| (Place::from(*error.marker()), syntax(error.info())))?;
        if event == Event::StreamEnd {
            break;
        }
        builder.add(event, span)?;
    }
    Ok(builder.root)
}

fn syntax(info: &str) -> Issue {
    Issue::new("yaml.syntax", "", format!("this is not YAML: {info}"), "")
}

#[derive(Default)]
struct Builder {
    root: Option<Rc<Node>>,
    documents: usize,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Rc<Node>>,
}

/// A list or mapping whose end is still to come.
struct Open {
    place: Place,
    anchor: usize,
    data: Data,
    /// The key whose value is still to come.
    key: Option<Rc<Node>>,
    /// The deepest child.
    depth: usize,
}

impl Builder {
    fn add(&mut self, event: Event<'_>, span: Span) -> Result<(), Failure> {
        let place = Place::from(span.start);
        match event {
            Event::DocumentStart(_) => self.begin_document(place),
            Event::Scalar(text, style, anchor, tag) => {
                let plain = style == ScalarStyle::Plain && !is_text(tag.as_deref(), place)?;
                let text = text.into_owned();
                self.close(place, anchor, Data::Scalar { text, plain }, 0)
            }
            Event::SequenceStart(anchor, tag) => {
                self.begin(place, anchor, Data::List(Vec::new()), tag.as_deref())
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(place, anchor, Data::Map(Vec::new()), tag.as_deref())
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(open) => self.close(open.place, open.anchor, open.data, open.depth),
                None => Ok(()),
            },
            Event::Alias(anchor) => match self.anchors.get(&anchor) {
                Some(node) => self.attach(place, Rc::clone(node)),
                None => Err((place, syntax("this alias is inside its own anchor"))),
            },
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn begin_document(&mut self, place: Place) -> Result<(), Failure> {
        self.documents += 1;
        if self.documents == 1 {
            return Ok(());
        }
        let issue = Issue::new(
            "yaml.documents",
            "",
            "a second document begins here",
            "keep one",
        );
        Err((place, issue))
    }

    fn begin(
        &mut self,
        place: Place,
        anchor: usize,
        data: Data,
        tag: Option<&Tag>,
    ) -> Result<(), Failure> {
        is_text(tag, place)?;
        if self.open.len() >= MAX_DEPTH {
            return Err(too_deep(place));
        }
        self.open.push(Open {
            place,
            anchor,
            data,
            key: None,
            depth: 0,
        });
        Ok(())
    }

    fn close(
        &mut self,
        place: Place,
        anchor: usize,
        data: Data,
        below: usize,
    ) -> Result<(), Failure> {
        let node = Rc::new(Node {
            place,
            data,
            depth: below + 1,
        });
        if anchor > 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        self.attach(place, node)
    }

    /// Puts a finished node where it belongs.
    fn attach(&mut self, place: Place, node: Rc<Node>) -> Result<(), Failure> {
        if self.open.len() + node.depth > MAX_DEPTH {
            return Err(too_deep(place));
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        open.depth = open.depth.max(node.depth);
        match &mut open.data {
            Data::Scalar { .. } => {}
            Data::List(items) => items.push(node),
            Data::Map(entries) => match open.key.take() {
                Some(key) => entries.push((key, node)),
                None => open.key = Some(node),
            },
        }
        Ok(())
    }
}

/// Whether a tag says that a scalar is text. Tags of the core schema say what is plain anyway, others mean nothing here.
fn is_text(tag: Option<&Tag>, place: Place) -> Result<bool, Failure> {
    match tag {
        None => Ok(false),
        Some(tag) if tag.is_yaml_core_schema() => Ok(tag.suffix == "str"),
        Some(tag) => {
            let message = format!("the tag `{tag}` means nothing here");
            Err((place, Issue::new("yaml.tag", "", message, "remove it")))
        }
    }
}

fn too_deep(place: Place) -> Failure {
    let message = format!("nested more than {MAX_DEPTH} levels deep");
    (place, Issue::new("yaml.depth", "", message, ""))
}
