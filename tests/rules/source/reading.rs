//! Walks a file's syntax tree. Arguments of macros are read as tokens: they have no tree.

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, Lit, Meta, Stmt, TraitItem};

use super::names::{self, Name, Written};
use super::{Fact, Function, Module, Source};

/// Reads all facts of a file.
pub(super) fn read(file: &syn::File) -> Source {
    let mut reader = Reader::default();
    reader.visit_file(file);
    reader.source
}

#[derive(Default)]
struct Reader {
    source: Source,
    /// The modules within the file that it is in.
    inside: Vec<String>,
    /// Whether what it is in is compiled for tests only.
    test: bool,
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        self.part(of_item(item), |reader| visit::visit_item(reader, item));
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let attributes = of_impl_item(item);
        self.part(attributes, |reader| visit::visit_impl_item(reader, item));
    }

    fn visit_trait_item(&mut self, item: &'ast TraitItem) {
        let attributes = of_trait_item(item);
        self.part(attributes, |reader| visit::visit_trait_item(reader, item));
    }

    fn visit_stmt(&mut self, statement: &'ast Stmt) {
        let attributes = of_statement(statement);
        self.part(attributes, |reader| visit::visit_stmt(reader, statement));
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.inside.push(module.ident.to_string());
        let what = Module {
            path: self.inside.clone(),
            is_file: module.content.is_none(),
        };
        let fact = self.fact(what, module.ident.span());
        self.source.modules.push(fact);
        visit::visit_item_mod(self, module);
        self.inside.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        for leaf in names::leaves(&item.tree) {
            self.name(leaf.path, leaf.line, leaf.written);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            self.function(&item.sig, block);
        }
        visit::visit_trait_item_fn(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(first) = path.segments.first() {
            self.inline(segments(path), first.ident.span());
        }
        visit::visit_path(self, path);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let fact = self.fact(call.method.to_string(), call.method.span());
        self.source.methods.push(fact);
        visit::visit_expr_method_call(self, call);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.tokens(call.tokens.clone());
    }

    fn visit_lit(&mut self, literal: &'ast Lit) {
        self.literal(literal);
    }

    /// `pub(in crate::a)` imports nothing.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        match &attribute.meta {
            Meta::Path(path) => self.visit_path(path),
            Meta::List(list) => self.attribute_list(list),
            Meta::NameValue(pair) if pair.path.is_ident("doc") => {}
            Meta::NameValue(pair) => self.visit_expr(&pair.value),
        }
    }
}

impl Reader {
    /// Reads something whose attributes say whether only tests have it.
    fn part(&mut self, attributes: &[Attribute], read: impl FnOnce(&mut Self)) {
        let outside = self.test;
        self.test |= attributes.iter().any(is_test);
        read(self);
        self.test = outside;
    }

    fn fact<T>(&self, what: T, span: Span) -> Fact<T> {
        Fact {
            what,
            line: span.start().line,
            test: self.test,
        }
    }

    fn name(&mut self, path: Vec<String>, line: usize, written: Written) {
        self.source.names.push(Name {
            path,
            line,
            inside: self.inside.clone(),
            written,
            test: self.test,
        });
    }

    fn inline(&mut self, path: Vec<String>, span: Span) {
        if path.len() > 1 {
            self.name(path, span.start().line, Written::Inline);
        }
    }

    fn function(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let start = signature.fn_token.span;
        let end = block.brace_token.span.close().end().line;
        let what = Function {
            name: signature.ident.to_string(),
            lines: end - start.start().line + 1,
        };
        let fact = self.fact(what, start);
        self.source.functions.push(fact);
    }

    fn literal(&mut self, literal: &Lit) {
        match literal {
            Lit::Str(text) => {
                let fact = self.fact(text.value(), text.span());
                self.source.strings.push(fact);
            }
            Lit::Int(number) => {
                if let Ok(value) = number.base10_parse() {
                    let fact = self.fact(value, number.span());
                    self.source.integers.push(fact);
                }
            }
            _ => {}
        }
    }

    /// The paths and literals of a macro's arguments: `name :: name` is a path.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<(String, Span)> = Vec::new();
        let mut colons = 0;
        for token in tokens {
            let goes_on = match &token {
                TokenTree::Ident(_) => colons == 2,
                TokenTree::Punct(punct) => punct.as_char() == ':',
                _ => false,
            };
            if !goes_on {
                self.end_of_path(&mut path);
            }
            colons = if matches!(token, TokenTree::Punct(_)) && goes_on {
                colons + 1
            } else {
                0
            };
            match token {
                TokenTree::Ident(name) => path.push((name.to_string(), name.span())),
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Literal(literal) => self.literal(&Lit::new(literal)),
                TokenTree::Punct(_) => {}
            }
        }
        self.end_of_path(&mut path);
    }

    fn end_of_path(&mut self, path: &mut Vec<(String, Span)>) {
        if let Some(&(_, span)) = path.first() {
            self.inline(path.drain(..).map(|(name, _)| name).collect(), span);
        }
    }

    /// Paths in attributes are code, too, those of serde even within quotes.
    fn attribute_list(&mut self, list: &syn::MetaList) {
        self.tokens(list.tokens.clone());
        if !list.path.is_ident("serde") {
            return;
        }
        for token in list.tokens.clone() {
            let TokenTree::Literal(literal) = token else {
                continue;
            };
            if let Lit::Str(text) = Lit::new(literal)
                && let Ok(path) = text.parse_with(syn::Path::parse_mod_style)
            {
                self.inline(segments(&path), text.span());
            }
        }
    }
}

fn segments(path: &syn::Path) -> Vec<String> {
    let segments = path.segments.iter();
    segments.map(|segment| segment.ident.to_string()).collect()
}

/// Whether it is `#[test]` or such, or `#[cfg(test)]` with other conditions or without.
fn is_test(attribute: &Attribute) -> bool {
    match &attribute.meta {
        Meta::Path(path) => path
            .segments
            .last()
            .is_some_and(|last| last.ident == "test"),
        Meta::List(list) if list.path.is_ident("cfg") => {
            let condition = list.tokens.to_string().replace(' ', "");
            condition == "test" || condition.starts_with("all(test,")
        }
        _ => false,
    }
}

fn of_item(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn of_impl_item(item: &ImplItem) -> &[Attribute] {
    match item {
        ImplItem::Const(item) => &item.attrs,
        ImplItem::Fn(item) => &item.attrs,
        ImplItem::Type(item) => &item.attrs,
        _ => &[],
    }
}

fn of_trait_item(item: &TraitItem) -> &[Attribute] {
    match item {
        TraitItem::Const(item) => &item.attrs,
        TraitItem::Fn(item) => &item.attrs,
        TraitItem::Type(item) => &item.attrs,
        _ => &[],
    }
}

fn of_statement(statement: &Stmt) -> &[Attribute] {
    match statement {
        Stmt::Local(local) => &local.attrs,
        Stmt::Macro(call) => &call.attrs,
        _ => &[],
    }
}
