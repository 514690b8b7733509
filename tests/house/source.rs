//! Rust source as tokens: which paths it names, which texts it holds, which modules it declares. Code that only tests
//! see is left out.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A path such as `crate::model::Sale`, with `super` and `self` resolved, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    pub segments: Vec<String>,
    pub line: usize,
}

impl Path {
    pub fn starts_with(&self, start: &[&str]) -> bool {
        self.segments.len() >= start.len() && self.segments.iter().zip(start).all(|(a, b)| a == b)
    }
}

/// A `mod name;`.
pub struct Module {
    pub name: String,
    pub file: Option<String>,
    pub only_tests: bool,
}

/// What one source file says.
#[derive(Default)]
pub struct Source {
    pub file: String,
    pub paths: Vec<Path>,
    /// Texts in quotes that are not documentation.
    pub texts: Vec<(String, usize)>,
    pub modules: Vec<Module>,
    /// Names followed by `!`.
    pub macros: Vec<(String, usize)>,
    /// `#[name` of every attribute.
    pub attributes: Vec<(String, usize)>,
    /// `impl Trait for Type`.
    pub impls: Vec<(String, String)>,
    /// Names of a `const` or `static`, with the words of its type and of its value.
    pub consts: Vec<(String, Vec<String>, Vec<String>)>,
}

/// Every file of `src` by its path.
pub fn all_sources() -> &'static BTreeMap<String, Source> {
    static ALL: OnceLock<BTreeMap<String, Source>> = OnceLock::new();
    ALL.get_or_init(|| {
        crate::files_below("src", "rs").into_iter().map(|file| (file.clone(), Source::read(&file))).collect()
    })
}

/// Those of them that not only tests see.
pub fn sources() -> BTreeMap<&'static str, &'static Source> {
    let all = all_sources();
    let below = |source: &Source, all_of_them: bool| {
        let modules = source.modules.iter().filter(move |module| all_of_them || module.only_tests);
        modules.flat_map(|module| module_files(&source.file, module)).collect::<Vec<_>>()
    };
    let mut only_tests: Vec<String> = all.values().flat_map(|source| below(source, false)).collect();
    let mut at = 0;
    while let Some(file) = only_tests.get(at) {
        let more = all.get(file).map(|source| below(source, true)).unwrap_or_default();
        only_tests.extend(more);
        at += 1;
    }
    all.iter().filter(|(file, _)| !only_tests.contains(file)).map(|(file, source)| (file.as_str(), source)).collect()
}

/// Where the file of a `mod name;` may be.
pub fn module_files(parent: &str, module: &Module) -> Vec<String> {
    let folder = parent.rsplit_once('/').map_or("", |(folder, _)| folder);
    if let Some(file) = &module.file {
        return vec![normal(&format!("{folder}/{file}"))];
    }
    let stem = parent.trim_end_matches(".rs").rsplit('/').next().unwrap_or_default();
    let root = matches!(stem, "mod" | "lib" | "main") || folder.ends_with("/bin");
    let folder = if root { folder.to_owned() } else { format!("{folder}/{stem}") };
    vec![format!("{folder}/{}.rs", module.name), format!("{folder}/{}/mod.rs", module.name)]
}

fn normal(path: &str) -> String {
    let mut parts = Vec::new();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

impl Source {
    fn read(file: &str) -> Self {
        Self::parse(file, &crate::read(file))
    }

    pub fn parse(file: &str, text: &str) -> Self {
        let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{file}: {error}"));
        let mut source = Self { file: file.to_owned(), ..Self::default() };
        source.walk(&tokens.into_iter().collect::<Vec<_>>(), &module_path(file));
        source
    }

    fn walk(&mut self, tokens: &[TokenTree], module: &[String]) {
        let mut at = 0;
        while at < tokens.len() {
            at += self.item(tokens, at, module);
        }
    }

    /// Takes what begins at `at`; returns how many tokens it took.
    fn item(&mut self, tokens: &[TokenTree], at: usize, module: &[String]) -> usize {
        let word = |offset: usize| tokens.get(at + offset).and_then(ident);
        if is_punct(tokens.get(at), '#') {
            return self.attribute(tokens, at, module);
        }
        match &tokens[at] {
            TokenTree::Group(group) => {
                self.walk(&children(group), module);
                1
            }
            TokenTree::Literal(literal) => {
                if let Some(text) = unquote(&literal.to_string()) {
                    self.texts.push((text, literal.span().start().line));
                }
                1
            }
            TokenTree::Punct(_) => 1,
            TokenTree::Ident(name) => {
                let line = name.span().start().line;
                if name == "mod"
                    && let (Some(inner), Some(next)) = (word(1), tokens.get(at + 2))
                {
                    if is_punct(Some(next), ';') {
                        self.modules.push(Module { name: inner, file: None, only_tests: false });
                        return 3;
                    }
                    if let TokenTree::Group(group) = next {
                        self.walk(&children(group), &[module, &[inner]].concat());
                        return 3;
                    }
                }
                if name == "impl" {
                    self.impl_head(&tokens[at..]);
                }
                // `'static` is a lifetime.
                let lifetime = at > 0 && is_punct(tokens.get(at - 1), '\'');
                if !lifetime && (name == "const" || name == "static") {
                    self.constant(&tokens[at..]);
                }
                if is_punct(tokens.get(at + 1), '!') && !is_punct(tokens.get(at + 2), '=') {
                    self.macros.push((name.to_string(), line));
                    return 2;
                }
                self.path(tokens, at, module)
            }
        }
    }

    fn attribute(&mut self, tokens: &[TokenTree], at: usize, module: &[String]) -> usize {
        let hash = if is_punct(tokens.get(at + 1), '!') { 2 } else { 1 };
        let Some(TokenTree::Group(group)) = tokens.get(at + hash) else { return 1 };
        let inside = children(group);
        let name = inside.first().and_then(ident).unwrap_or_default();
        let text = group.stream().to_string().replace(' ', "");
        self.attributes.push((name.clone(), group.span().start().line));
        if text == "cfg(test)" && hash == 1 {
            return 2 + self.skip_item(&tokens[at + 2..]);
        }
        if name == "path"
            && let Some(TokenTree::Literal(file)) = inside.get(2)
            && let Some(offset) = tokens[at + 2..].iter().position(|token| ident(token).as_deref() == Some("mod"))
            && let Some(module) = tokens.get(at + 3 + offset).and_then(ident)
        {
            self.modules.push(Module { name: module, file: unquote(&file.to_string()), only_tests: false });
            return 4 + offset;
        }
        // Words inside derive and serde are no paths of the crate, and `#[doc]` is no text of the program.
        if !matches!(name.as_str(), "doc" | "derive" | "serde" | "schemars" | "expect" | "allow" | "error") {
            self.walk(&inside, module);
        }
        hash + 1
    }

    /// Passes over an item that only tests see, and keeps the name of its file.
    fn skip_item(&mut self, tokens: &[TokenTree]) -> usize {
        for (at, token) in tokens.iter().enumerate() {
            if let Some("mod") = ident(token).as_deref()
                && is_punct(tokens.get(at + 2), ';')
                && let Some(name) = tokens.get(at + 1).and_then(ident)
            {
                self.modules.push(Module { name, file: None, only_tests: true });
            }
            let body = matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
            if body || is_punct(Some(token), ';') {
                return at + 1;
            }
        }
        tokens.len()
    }

    fn impl_head(&mut self, tokens: &[TokenTree]) {
        let head: Vec<String> = tokens
            .iter()
            .take_while(|t| !matches!(t, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace))
            .filter_map(ident)
            .collect();
        if let Some(at) = head.iter().position(|word| word == "for")
            && let (Some(of), Some(by)) = (head.get(at.wrapping_sub(1)), head.get(at + 1))
        {
            self.impls.push((of.clone(), by.clone()));
        }
    }

    fn constant(&mut self, tokens: &[TokenTree]) {
        let end = tokens.iter().position(|token| is_punct(Some(token), ';')).unwrap_or(tokens.len());
        let equals = tokens[..end].iter().position(|token| is_punct(Some(token), '=')).unwrap_or(end);
        if let Some(name) = tokens.get(1).and_then(ident) {
            let words = |part: &[TokenTree]| words(&part.iter().cloned().collect());
            self.consts.push((name, words(&tokens[2.min(equals)..equals]), words(&tokens[equals..end])));
        }
    }

    /// A path, or a tree of them behind `use`.
    fn path(&mut self, tokens: &[TokenTree], at: usize, module: &[String]) -> usize {
        let mut found = Vec::new();
        let took = tree(tokens, at, &mut Vec::new(), &mut found);
        for path in found {
            if let Some(segments) = resolve(&path.segments, module) {
                self.paths.push(Path { segments, line: path.line });
            }
        }
        took.max(1)
    }
}

/// Reads `a::b::{c, d::e}` from `at`; returns how many tokens it took.
fn tree(tokens: &[TokenTree], at: usize, before: &mut Vec<String>, found: &mut Vec<Path>) -> usize {
    let start = before.len();
    let mut next = at;
    let mut line = 0;
    let mut branched = false;
    while let Some(token) = tokens.get(next) {
        match token {
            TokenTree::Ident(name) => {
                line = name.span().start().line;
                before.push(name.to_string());
                next += 1;
            }
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace && next > at => {
                let inside = children(group);
                let mut begin = 0;
                while begin < inside.len() {
                    let took = tree(&inside, begin, before, found);
                    begin += took.max(1);
                    // `as name` and the comma.
                    while begin < inside.len() && !is_punct(inside.get(begin - 1), ',') {
                        begin += 1;
                    }
                }
                branched = true;
                next += 1;
                break;
            }
            _ => break,
        }
        if is_punct(tokens.get(next), ':') && is_punct(tokens.get(next + 1), ':') {
            next += 2;
        } else {
            break;
        }
    }
    if !branched && before.len() > start {
        found.push(Path { segments: before.clone(), line });
    }
    before.truncate(start);
    next - at
}

/// The module a file is, from the crate's root.
fn module_path(file: &str) -> Vec<String> {
    let inside = file.trim_start_matches("src/").trim_end_matches(".rs");
    let mut parts: Vec<String> = inside.split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| matches!(last.as_str(), "mod" | "lib" | "main")) {
        parts.pop();
    }
    parts
}

fn resolve(segments: &[String], module: &[String]) -> Option<Vec<String>> {
    let mut module = module.to_vec();
    let mut rest = segments;
    match rest.first().map(String::as_str)? {
        // The thin binaries call the library by its name.
        "pos_console" => return Some([&["crate".to_owned()], &segments[1..]].concat()),
        "self" => rest = &rest[1..],
        "super" => {}
        _ => return Some(segments.to_vec()),
    }
    while rest.first().is_some_and(|word| word == "super") {
        module.pop();
        rest = &rest[1..];
    }
    Some([&["crate".to_owned()], module.as_slice(), rest].concat())
}

fn children(group: &Group) -> Vec<TokenTree> {
    group.stream().into_iter().collect()
}

fn words(stream: &TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    for token in stream.clone() {
        match token {
            TokenTree::Ident(name) => found.push(name.to_string()),
            TokenTree::Group(group) => found.extend(words(&group.stream())),
            _ => {}
        }
    }
    found
}

fn ident(token: &TokenTree) -> Option<String> {
    if let TokenTree::Ident(name) = token { Some(name.to_string()) } else { None }
}

fn is_punct(token: Option<&TokenTree>, sign: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == sign)
}

/// The text of a string literal; escapes that matter here are undone.
fn unquote(literal: &str) -> Option<String> {
    let body = literal.trim_start_matches(['b', 'c']);
    if let Some(raw) = body.strip_prefix('r') {
        let raw = raw.trim_matches('#');
        return Some(raw.strip_prefix('"')?.strip_suffix('"')?.to_owned());
    }
    let text = body.strip_prefix('"')?.strip_suffix('"')?;
    Some(text.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\"))
}

mod tests {
    use super::*;

    #[test]
    fn paths_are_found_wherever_they_hide() {
        let text = r#"
            //! See [`crate::agent`].
            use std::{fs, io::{self, Read as _}};
            use crate::{model::{Sale, Stamp as When}, store};
            mod inner { use super::super::agent::Outlet; fn f() { self::g(); format!("{}", crate::tui::x()); } }
            fn f() { let s = "crate::proto"; super::sibling::go::<crate::link::Link>(); }
            #[cfg(test)]
            mod tests { use crate::headless; }
            #[cfg(test)]
            use crate::headless::x;
        "#;
        let source = Source::parse("src/checks/net/mod.rs", text);
        let paths: Vec<String> =
            source.paths.iter().filter(|p| p.segments.len() > 1).map(|p| p.segments.join("::")).collect();
        assert_eq!(
            paths,
            [
                "std::fs",
                "std::io::self",
                "std::io::Read",
                "crate::model::Sale",
                "crate::model::Stamp",
                "crate::store",
                "crate::checks::agent::Outlet",
                "crate::checks::net::inner::g",
                "crate::tui::x",
                "crate::checks::sibling::go",
                "crate::link::Link",
            ]
        );
        assert_eq!(source.texts, [("{}".to_owned(), 5), ("crate::proto".to_owned(), 6)]);
        assert_eq!(source.paths.iter().find(|p| p.starts_with(&["crate", "store"])).map(|p| p.line), Some(4));
    }

    #[test]
    fn declarations_are_found() {
        let text = r#"
            mod a; pub mod b;
            #[path = "../sim/mod.rs"] mod sim;
            #[cfg(test)] mod only;
            impl<'a> Check for Gateway {}
            pub const ALL: &[&dyn Check] = &[&gateway::GATEWAY, dns::Dns::new()];
            fn f() { todo!(); assert!(a != b); }
        "#;
        let source = Source::parse("src/bin/x.rs", text);
        let files: Vec<_> = source.modules.iter().map(|m| module_files(&source.file, m).remove(0)).collect();
        assert_eq!(files, ["src/bin/a.rs", "src/bin/b.rs", "src/sim/mod.rs", "src/bin/only.rs"]);
        assert!(source.modules[3].only_tests);
        assert_eq!(source.impls, [("Check".to_owned(), "Gateway".to_owned())]);
        assert_eq!(source.consts[0].2, ["gateway", "GATEWAY", "dns", "Dns", "new"]);
        assert_eq!(source.macros, [("todo".to_owned(), 7), ("assert".to_owned(), 7)]);
    }
}
