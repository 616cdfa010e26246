//! Whatever is written, the macro neither panics nor loses the user's code.

use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};
use proptest::prelude::*;
use quote::quote;
use syn::{File, ImplItem, Item, ItemImpl};

use crate::entry;
use crate::parse;
use crate::tests::{pretty, user_impl};

fn attribute() -> TokenStream {
    quote! {
        states(Pending: initial, Active { Disbursed, Repaying }, Completed: terminal),
        mailbox = 16, overflow = drop_oldest, call_timeout = "1s", shutdown = kill,
        hibernate_after = "60s", passivate = Self::REST, version = 3, otherwise = postpone,
        restart = transient, inline = false, vis = pub(crate), start = launch, client = Bank, state = Stage,
        derive(Debug, Clone)
    }
}

fn machine() -> TokenStream {
    quote! {
        impl<T: Send + 'static> Loan<T>
        where
            T: Clone,
        {
            #[init]
            pub async fn open(cx: &mut Cx<Self>, limit: u64) -> Result<(Self, Pending), Refusal> {
                Err(Refusal)
            }
            /// Pays out.
            #[call(Pending => Active, timeout = "5s", skip_abandoned)]
            pub async fn pay_out(
                &self,
                st: &Pending,
                #[into] to: String,
            ) -> Result<Next<T>, Refusal> {
                Err(Refusal)
            }
            #[cast(Active => Repaying | Completed)]
            fn pay(&mut self, st: &mut Active, (sum, _): (u64, T)) -> Next {
                st.goto(|_| Completed)
            }
            #[call(blocking)]
            fn count(&self) -> usize {
                0
            }
            #[cfg(test)]
            #[call]
            fn later(&self, reply: ReplyTo<T>) {}
            #[info]
            fn tick(&mut self, cx: &mut Cx<Self>, message: Tick) -> Result<(), Crash> {
                Ok(())
            }
            #[code_change(from = 1)]
            fn v1(old: LoanV1<T>) -> (LoanV2<T>, Stage) {
                old.into()
            }
            #[code_change(from = 2)]
            fn v2((old, stage): (LoanV2<T>, Stage)) -> Result<(Self, Stage), Refusal> {
                Err(Refusal)
            }
            #[terminate]
            fn close(&mut self, reason: &ExitReason, state: Option<&Stage>) {}
        }
    }
}

fn clockwork() -> TokenStream {
    quote! {
        impl Loan<u8> {
            #[call(priority = high)]
            fn count(&self, cx: &mut Cx<Self>) -> usize {
                0
            }
            #[continued(Pending => Active)]
            fn load(&mut self, st: &Pending, message: Load) -> Next {
                st.goto(|_| Disbursed)
            }
            #[idle("60s", Active => Completed)]
            async fn rest(&mut self) -> Result<(), Crash> {
                Ok(())
            }
            #[every(Self::PERIOD, missed = catch_up)]
            fn beat(&mut self, cx: &mut Cx<Self>) {}
            #[cfg(unix)]
            #[every("5s", Active, missed = delay)]
            fn sweep(&mut self, st: &Active) {}
            #[hibernate]
            fn shrink(&mut self) {}
            #[format_state]
            fn show(&self, st: &Stage) -> impl Debug {
                1
            }
        }
    }
}

fn followed() -> TokenStream {
    quote! {
        impl Loan<u8> {
            #[call(Pending => Active, otherwise = postpone(Active | Completed))]
            fn pay_out(&self, st: &Pending) -> Next {
                st.goto(|_| Disbursed)
            }
            #[cast(Active, otherwise = ignore)]
            fn touch(&mut self) {}
            #[enter(Active)]
            async fn entered(&mut self, st: &Active, cx: &mut StateCx<Self>) -> Enter {
                Enter::Repeat
            }
            #[cfg(unix)]
            #[exit(Pending | Disbursed)]
            fn left(&mut self, t: &Transition) {}
            #[transition]
            async fn save(&self, now: &Stage) -> Result<(), io::Error> {
                Ok(())
            }
            #[state_timeout(Disbursed, after = "30d" => Repaying)]
            fn repay(&self) {}
            #[state_timeout(Repaying | Pending => Completed, until = Self::deadline)]
            fn end(&mut self) -> Result<(), Crash> {
                Ok(())
            }
        }
    }
}

/// The expansion is a sequence of items, and the user's methods stand in it with their bodies; what
/// could not be read stands in it but for our attributes.
#[track_caller]
fn check_survives(attr: &TokenStream, item: &TokenStream) {
    let expansion = entry::genserver(attr.clone(), item);
    let text = expansion.to_string();
    assert!(!text.contains("a bug of genserver"), "{attr}\n{item}\n{text}");
    let Ok(item) = syn::parse2::<ItemImpl>(item.clone()) else {
        let Some(read) = parse::body::parse_impl(item) else {
            let kept = parse::strip_tokens(item.clone()).to_string();
            return assert!(text.ends_with(&kept), "{item}\n{text}");
        };
        // Only a body could not be read, which is rustc's to tell: all methods stand nevertheless.
        let user = parse::body::parse_impl(&user_impl(expansion)).expect("the user's impl");
        let kept = methods_of(&Item::Impl(user));
        return assert_eq!(kept, methods_of(&Item::Impl(read)), "{item}\n{text}");
    };
    let file = syn::parse2::<File>(expansion);
    let file = file.unwrap_or_else(|error| panic!("{error} in the expansion of {item:?}: {text}"));
    let kept: Vec<String> = file.items.iter().flat_map(methods_of).collect();
    for method in methods_of(&Item::Impl(item)) {
        assert!(kept.contains(&method), "lost `{method}` in: {text}");
    }
}

/// Name and body of each method.
fn methods_of(item: &Item) -> Vec<String> {
    let Item::Impl(item) = item else { return Vec::new() };
    let methods = item.items.iter().filter_map(|item| match item {
        ImplItem::Fn(method) => {
            let (name, body) = (&method.sig.ident, &method.block);
            Some(quote!(#name #body).to_string())
        }
        _ => None,
    });
    methods.collect()
}

/// Every prefix of the tokens, cut inside of groups as well.
fn prefixes(tokens: &TokenStream) -> Vec<TokenStream> {
    let mut out = vec![TokenStream::new()];
    let mut before = TokenStream::new();
    for token in tokens.clone() {
        if let TokenTree::Group(group) = &token {
            out.extend(prefixes(&group.stream()).into_iter().map(|inner| {
                let group = Group::new(group.delimiter(), inner);
                before.clone().into_iter().chain([TokenTree::Group(group)]).collect()
            }));
        }
        before.extend([token]);
        out.push(before.clone());
    }
    out
}

#[test]
fn every_prefix_of_an_attribute_survives() {
    for attr in prefixes(&attribute()) {
        check_survives(&attr, &machine());
    }
}

#[test]
fn every_prefix_of_an_impl_survives() {
    for item in prefixes(&machine()) {
        check_survives(&attribute(), &item);
        check_survives(&TokenStream::new(), &item);
    }
    for item in prefixes(&clockwork()) {
        check_survives(&attribute(), &item);
        check_survives(&TokenStream::new(), &item);
    }
    for item in prefixes(&followed()) {
        check_survives(&attribute(), &item);
        check_survives(&TokenStream::new(), &item);
    }
}

#[test]
fn an_impl_without_one_of_its_tokens_survives() {
    for item in without_one(&machine()) {
        check_survives(&attribute(), &item);
    }
    for item in without_one(&clockwork()) {
        check_survives(&attribute(), &item);
    }
    for item in without_one(&followed()) {
        check_survives(&attribute(), &item);
    }
    for attr in without_one(&attribute()) {
        check_survives(&attr, &machine());
    }
}

/// The tokens without each one of them.
fn without_one(tokens: &TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let mut out = Vec::new();
    for at in 0..tokens.len() {
        let (before, after) = (&tokens[..at], &tokens[at + 1..]);
        let with = |middle: Option<TokenTree>| -> TokenStream {
            before.iter().cloned().chain(middle).chain(after.iter().cloned()).collect()
        };
        out.push(with(None));
        if let TokenTree::Group(group) = &tokens[at] {
            out.extend(
                without_one(&group.stream()).into_iter().map(|inner| {
                    with(Some(TokenTree::Group(Group::new(group.delimiter(), inner))))
                }),
            );
        }
    }
    out
}

#[test]
fn a_panic_is_one_error_and_the_impl_stays() {
    let item = quote!(impl Counter { #[call] fn get(&self) -> u8 { 0 } });
    let text = pretty(&entry::guarded(&item, || panic!("invariant: broken")));
    assert_eq!(text.matches("compile_error").count(), 1, "{text}");
    assert!(text.contains("a bug of genserver: invariant: broken"), "{text}");
    assert!(text.contains("fn get(&self)") && !text.contains("#[call]"), "{text}");
}

#[test]
fn a_stray_attribute_is_one_error_and_the_item_stays() {
    let text = pretty(&entry::stray(
        "call",
        &quote!(
            struct Counter;
        ),
    ));
    assert!(text.contains("the `call` attribute stands only on methods"), "{text}");
    assert!(text.contains("struct Counter;"), "{text}");
}

const WORDS: &[&str] = &[
    "impl",
    "fn",
    "async",
    "pub",
    "self",
    "Self",
    "mut",
    "states",
    "initial",
    "terminal",
    "mailbox",
    "timeout",
    "overflow",
    "wait",
    "crate",
    "vis",
    "call",
    "cast",
    "info",
    "init",
    "terminate",
    "continued",
    "idle",
    "every",
    "hibernate",
    "format_state",
    "missed",
    "enter",
    "exit",
    "transition",
    "state_timeout",
    "otherwise",
    "postpone",
    "after",
    "until",
    "StateCx",
    "Transition",
    "priority",
    "Pending",
    "Active",
    "Next",
    "Result",
    "ReplyTo",
    "Cx",
    "Counter",
    "derive",
    "blocking",
    "unbounded",
    "name",
    "inline",
    "false",
    "where",
    "T",
    "u64",
    "r#type",
    "_",
];

/// Words of the language among others, so that the soup gets past the first parser.
fn word() -> impl Strategy<Value = TokenTree> {
    let ident = prop::sample::select(WORDS).prop_map(|word| {
        let ident = match word.strip_prefix("r#") {
            Some(word) => Ident::new_raw(word, Span::call_site()),
            None => Ident::new(word, Span::call_site()),
        };
        TokenTree::Ident(ident)
    });
    let punct = prop::sample::select("=>|:,;.&#<-!?*".chars().collect::<Vec<_>>());
    let punct = (punct, any::<bool>()).prop_map(|(punct, joint)| {
        TokenTree::Punct(Punct::new(punct, if joint { Spacing::Joint } else { Spacing::Alone }))
    });
    let literal = prop::sample::select(vec!["5s", "", "1e99h", "-1s", "99999999999999d", "x"]);
    let literal = literal.prop_map(|text| TokenTree::Literal(Literal::string(text)));
    let number =
        any::<u64>().prop_map(|number| TokenTree::Literal(Literal::u64_unsuffixed(number)));
    prop_oneof![6 => ident, 5 => punct, 1 => literal, 1 => number]
}

fn soup() -> impl Strategy<Value = TokenStream> {
    let tree = word().prop_recursive(4, 64, 8, |inner| {
        let group = prop::sample::select(vec![
            Delimiter::Parenthesis,
            Delimiter::Brace,
            Delimiter::Bracket,
            Delimiter::None,
        ]);
        (group, prop::collection::vec(inner, 0..8)).prop_map(|(delimiter, inner)| {
            TokenTree::Group(Group::new(delimiter, inner.into_iter().collect()))
        })
    });
    prop::collection::vec(tree, 0..24).prop_map(|trees| trees.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn soup_in_the_attribute_survives(attr in soup()) {
        check_survives(&attr, &machine());
    }

    #[test]
    fn soup_for_an_item_survives(item in soup()) {
        check_survives(&attribute(), &item);
    }

    #[test]
    fn soup_in_a_handler_survives(options in soup(), args in soup(), output in soup()) {
        let item = quote!(impl Counter { #[call(#options)] fn get(&self, #args) -> #output {} });
        check_survives(&TokenStream::new(), &item);
        let item = quote! {
            impl Loan {
                #[cast(#options)]
                fn pay(&mut self) {}
                #[every(#options)]
                fn beat(&mut self) {}
                #[idle(#options)]
                fn rest(&mut self) {}
                #[state_timeout(#options)]
                fn late(&mut self) {}
                #[enter(#options)]
                fn entered(&mut self, #args) {}
                #[call]
                fn get(&self) {}
            }
        };
        check_survives(&attribute(), &item);
    }
}
