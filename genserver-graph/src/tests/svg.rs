//! Pictures, read back from their text.

use proptest::prelude::*;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

use super::murabaha::CONTRACT;
use crate::{Edge, Graph, Group, State, Trigger};

/// The width of a letter, in sizes of its font, in all usual fonts of one width.
const LETTER: f64 = 0.602;

/// Left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
struct Area(f64, f64, f64, f64);

impl Area {
    fn overlaps(self, other: Self) -> bool {
        self.0 < other.2 && other.0 < self.2 && self.1 < other.3 && other.1 < self.3
    }

    fn holds(self, other: Self) -> bool {
        self.0 <= other.0 && self.1 <= other.1 && other.2 <= self.2 && other.3 <= self.3
    }
}

/// What is in a picture, by class.
#[derive(Debug, Default)]
struct Picture {
    whole: Vec<Area>,
    boxes: Vec<Area>,
    ends: usize,
    frames: Vec<Area>,
    texts: Vec<(String, Area, String)>,
    dashed: usize,
    points: Vec<(f64, f64)>,
}

impl Picture {
    /// Reads a picture that has to be well-formed.
    fn read(svg: &str) -> Self {
        let mut reader = Reader::from_str(svg);
        reader.config_mut().check_comments = true;
        let mut picture = Self::default();
        let mut open = Vec::new();
        loop {
            match reader.read_event().expect("it is well-formed") {
                Event::Start(start) => {
                    picture.element(&start);
                    open.push(attribute(&start, "class"));
                }
                Event::Empty(start) => picture.element(&start),
                Event::End(_) => drop(open.pop()),
                Event::Text(text) => {
                    picture.write(&open, &text.xml10_content());
                }
                Event::GeneralRef(reference) => {
                    let name = reference.xml10_content();
                    let of_number = reference.resolve_char_ref().expect("it is a character");
                    let text = of_number.map_or_else(
                        || {
                            quick_xml::escape::resolve_predefined_entity(&name)
                                .expect("it is known")
                                .to_owned()
                        },
                        String::from,
                    );
                    picture.write(&open, &text);
                }
                Event::Eof => break,
                other => panic!("nothing else is in there: {other:?}"),
            }
        }
        assert!(open.is_empty(), "all is closed");
        picture.measure();
        picture
    }

    fn write(&mut self, open: &[String], text: &str) {
        if open.len() > 1 {
            self.texts.last_mut().expect("an element is open").2 += text;
        }
    }

    fn element(&mut self, element: &BytesStart<'_>) {
        let number = |name| attribute(element, name).parse::<f64>().expect("it is a number");
        let area = || {
            Area(
                number("x"),
                number("y"),
                number("x") + number("width"),
                number("y") + number("height"),
            )
        };
        match (element.name().as_ref(), attribute(element, "class").as_str()) {
            ("svg", _) => self.whole.push(Area(0.0, 0.0, number("width"), number("height"))),
            ("rect", "state") => self.boxes.push(area()),
            ("rect", "end") => self.ends += 1,
            ("rect", "group") => self.frames.push(area()),
            ("text", class) => {
                // The text follows; until then its size is left of its base line.
                let (x, y, size) = (number("x"), number("y"), number("font-size"));
                let anchor = attribute(element, "text-anchor");
                let middle = if anchor == "middle" { 1.0 } else { 0.0 };
                self.texts.push((class.to_owned(), Area(x, y, size, middle), String::new()));
            }
            ("path", class) => {
                self.dashed += usize::from(
                    element.try_get_attribute("stroke-dasharray").expect("it is").is_some(),
                );
                assert!(["arrow", "head"].contains(&class));
                self.follow(&attribute(element, "d"));
            }
            ("circle", "start") => self.points.push((number("cx"), number("cy"))),
            other => panic!("nothing else is drawn: {other:?}"),
        }
    }

    /// The points of a path, with those that only pull at it.
    fn follow(&mut self, path: &str) {
        let mut at = (0.0, 0.0);
        let starts = path.char_indices().filter(|(_, c)| c.is_ascii_alphabetic());
        let starts: Vec<usize> = starts.map(|(start, _)| start).collect();
        for (index, &start) in starts.iter().enumerate() {
            let end = starts.get(index + 1).copied().unwrap_or(path.len());
            let numbers = path[start + 1..end].split_whitespace();
            let numbers: Vec<f64> =
                numbers.map(|own| own.parse().expect("it is a number")).collect();
            let points: Vec<(f64, f64)> = match &path[start..=start] {
                "V" => vec![(at.0, numbers[0])],
                "M" | "L" | "C" => numbers.chunks(2).map(|pair| (pair[0], pair[1])).collect(),
                _ => Vec::new(),
            };
            at = points.last().copied().unwrap_or(at);
            self.points.extend(points);
        }
    }

    fn measure(&mut self) {
        for (_, area, text) in &mut self.texts {
            let Area(x, base, size, middle) = *area;
            let width = f64::from(u32::try_from(text.chars().count()).expect("it is short"))
                * LETTER
                * size;
            let left = x - width / 2.0 * middle;
            *area = Area(left, base - size * 0.8, left + width, base + size * 0.25);
        }
    }

    fn texts(&self, class: &str) -> Vec<&str> {
        let texts = self.texts.iter().filter(|(own, ..)| own == class);
        texts.map(|(_, _, text)| text.as_str()).collect()
    }
}

fn attribute(element: &BytesStart<'_>, name: &str) -> String {
    let attribute = element.try_get_attribute(name).expect("attributes are well-formed");
    let value = attribute.map(|attribute| {
        attribute.normalized_value(XmlVersion::Explicit1_0).expect("it can be read").into_owned()
    });
    value.unwrap_or_default()
}

/// Checks all that holds for every picture.
#[track_caller]
fn check(graph: &Graph<'_>) -> Picture {
    let svg = graph.to_svg();
    assert_eq!(svg, graph.to_svg());
    assert!(!svg.contains("\n\n") && !svg.contains(" id=") && !svg.contains("url("));
    let picture = Picture::read(&svg);
    let whole = picture.whole[0];
    for (class, area, text) in &picture.texts {
        assert!(whole.holds(*area), "{class} {text:?} leaves the picture");
        for (other_class, other, other_text) in &picture.texts {
            let same = std::ptr::eq(text, other_text);
            assert!(
                same || !area.overlaps(*other),
                "{class} {text:?}, {other_class} {other_text:?}"
            );
        }
        let over = picture.boxes.iter().filter(|own| own.overlaps(*area)).count();
        assert_eq!(over, usize::from(class == "name" && !text.is_empty()), "{class} {text:?}");
    }
    for &(x, y) in &picture.points {
        assert!(whole.holds(Area(x, y, x, y)), "({x}, {y}) leaves the picture");
    }
    assert_eq!(picture.boxes.len(), graph.states.len());
    for (state, own) in picture.boxes.iter().enumerate() {
        assert!(whole.holds(*own));
        let others = picture.boxes.iter().enumerate().filter(|(other, _)| *other != state);
        assert_eq!(others.filter(|(_, other)| own.overlaps(**other)).count(), 0);
    }
    check_frames(graph, &picture);
    picture
}

/// A frame is around its states and around no other one.
#[track_caller]
fn check_frames(graph: &Graph<'_>, picture: &Picture) {
    let around = |state: usize| {
        let mut around = Vec::new();
        let mut next = graph.states[state].group;
        while let Some(group) = next.filter(|_| around.len() <= graph.groups.len()) {
            around.push(group);
            next = graph.groups[group].parent;
        }
        // More than there are: they form a circle.
        if around.len() > graph.groups.len() { Vec::new() } else { around }
    };
    let all: Vec<Vec<usize>> = (0..graph.states.len()).map(around).collect();
    let drawn =
        (0..graph.groups.len()).filter(|group| all.iter().any(|around| around.contains(group)));
    let drawn: Vec<usize> = drawn.collect();
    assert_eq!(picture.frames.len(), drawn.len());
    for (frame, group) in picture.frames.iter().zip(&drawn) {
        for (state, own) in picture.boxes.iter().enumerate() {
            let is_inside = all[state].contains(group);
            assert!(if is_inside { frame.holds(*own) } else { !frame.overlaps(*own) });
        }
    }
    let names: Vec<_> = drawn.iter().map(|&group| graph.groups[group].name).collect();
    assert_eq!(picture.texts("title"), names);
}

#[test]
fn the_contract_has_all_that_is_declared() {
    let picture = check(&CONTRACT);
    let names: Vec<_> = CONTRACT.states.iter().map(|state| state.name).collect();
    assert_eq!(picture.texts("name"), names);
    let mut labels = picture.texts("label");
    labels.sort_unstable();
    let mut expected: Vec<_> = CONTRACT.edges.iter().map(|edge| edge.label).collect();
    expected.sort_unstable();
    assert_eq!(labels, expected);
    assert_eq!((picture.ends, picture.dashed), (2, 0));
}

#[test]
fn a_time_out_is_dashed() {
    let states =
        [("a", false), ("b", true)].map(|(name, terminal)| State { name, group: None, terminal });
    let time_out = Edge { from: 0, to: 1, label: "after 30d", trigger: Trigger::TimeOut };
    let edges = [
        time_out,
        Edge { from: 0, ..time_out },
        Edge { to: 0, ..time_out },
        Edge { trigger: Trigger::Call, ..time_out },
    ];
    let picture =
        check(&Graph { name: "t", initial: 0, states: &states, groups: &[], edges: &edges });
    assert_eq!(picture.dashed, 2);
    assert_eq!(picture.texts("label").len(), 3);
}

#[test]
fn many_labels_of_an_arrow_are_broken_into_lines() {
    let states = ["a", "b"].map(|name| State { name, group: None, terminal: false });
    let labels = [
        "open_the_account",
        "pay",
        "close",
        "a_name_that_is_much_too_long_for_one_line_of_a_label",
    ];
    let edges = labels.map(|label| Edge { from: 0, to: 1, label, trigger: Trigger::Call });
    let graph = Graph { name: "t", initial: 0, states: &states, groups: &[], edges: &edges };
    assert_eq!(
        check(&graph).texts("label"),
        [
            "open_the_account, pay,",
            "close,",
            "a_name_that_is_much_too_long_",
            "for_one_line_of_a_label"
        ]
    );
}

#[test]
fn what_nobody_could_read_is_a_text() {
    let states = vec![State { name: "a<b", group: None, terminal: false }; 101];
    let graph = Graph { name: "Big", initial: 0, states: &states, groups: &[], edges: &[] };
    for graph in [graph, Graph { states: &[], ..graph }] {
        let picture = Picture::read(&graph.to_svg());
        let text = graph.to_mermaid();
        let lines: Vec<_> = text.lines().map(str::trim_start).collect();
        assert_eq!(picture.texts("source"), lines);
        assert!(picture.texts.iter().all(|(_, area, _)| picture.whole[0].holds(*area)));
    }
}

/// States, groups and edges of any shape, with names of many lengths.
#[derive(Debug)]
struct Machine {
    states: Vec<(String, Option<usize>, bool)>,
    groups: Vec<(String, Option<usize>)>,
    edges: Vec<(usize, usize, String, bool)>,
}

prop_compose! {
    fn machine(states_max: usize, edges_max: usize)(states in 1..=states_max, groups in 0..5_usize)(
        states in prop::collection::vec(
            ("[A-Z][a-zA-Z]{0,18}", prop::option::of(0..groups.max(1)), prop::bool::weighted(0.2)),
            states,
        ),
        groups in prop::collection::vec(("[A-Z][a-z]{0,24}", prop::option::of(0..groups.max(1))), groups),
        edges in prop::collection::vec(
            (0..states, 0..states, "[a-z_]{0,40}", prop::bool::weighted(0.2)),
            0..=edges_max,
        ),
    ) -> Machine {
        let count = groups.len();
        let known = |group: Option<usize>| group.filter(|&group| group < count);
        Machine {
            states: states.into_iter().map(|(name, group, end)| (name, known(group), end)).collect(),
            groups: groups.into_iter().map(|(name, parent)| (name, known(parent))).collect(),
            edges,
        }
    }
}

impl Machine {
    #[track_caller]
    fn with<T>(&self, look: impl FnOnce(&Graph<'_>) -> T) -> T {
        let states = self.states.iter();
        let states: Vec<_> = states
            .map(|(name, group, terminal)| State { name, group: *group, terminal: *terminal })
            .collect();
        let groups = self.groups.iter();
        let groups: Vec<_> = groups.map(|(name, parent)| Group { name, parent: *parent }).collect();
        let edges = self.edges.iter().map(|(from, to, label, late)| Edge {
            from: *from,
            to: *to,
            label,
            trigger: if *late { Trigger::TimeOut } else { Trigger::Event },
        });
        let edges: Vec<_> = edges.collect();
        look(&Graph { name: "Random", initial: 0, states: &states, groups: &groups, edges: &edges })
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn nothing_overlaps_and_nothing_leaves_the_picture(machine in machine(9, 16)) {
        machine.with(|graph| drop(check(graph)));
    }

    #[test]
    fn any_name_can_be_drawn(texts in prop::collection::vec(any::<String>(), 4)) {
        let states = [State { name: &texts[0], group: Some(0), terminal: true }];
        let groups = [Group { name: &texts[1], parent: None }];
        let edges = [Edge { from: 0, to: 0, label: &texts[2], trigger: Trigger::Call }];
        let name = &texts[3];
        let graph = Graph { name, initial: 0, states: &states, groups: &groups, edges: &edges };
        let picture = Picture::read(&graph.to_svg());
        let shown = |c: char| if c.is_control() || c.is_whitespace() { ' ' } else { c };
        let expected: String = texts[0].chars().map(shown).collect();
        prop_assert_eq!(picture.texts("name"), [expected.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}")]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn large_ones_keep_it_so(machine in machine(30, 60)) {
        machine.with(|graph| drop(check(graph)));
    }
}
