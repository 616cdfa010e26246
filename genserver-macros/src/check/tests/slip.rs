//! Slips of the keyboard: every token of a valid server left out, and every token written twice.

use proc_macro2::{Group, TokenStream, TokenTree};

use crate::parse::tests::describe;

const ATTR: &str = "states(Pending: initial, Active { Disbursed, Repaying }, Completed: terminal),
    name = \"loan\", mailbox = 64, overflow = drop_oldest, call_timeout = \"5s\", shutdown = kill,
    inline = false, vis = pub(crate), derive(Clone, Debug), start = launch, client = Loans";

const ITEM: &str = "impl<T: Send + 'static> Loan<T> {
    #[init] pub fn open(cx: &mut Cx<Self>, limit: u64) -> Result<(Self, Pending), Refusal> { x }
    #[call(Pending => Disbursed, timeout = \"1s\", name = disburse)]
    pub async fn pay_out(&self, st: &Pending, #[into] to: String) -> Result<Next<u8>, Refusal> {
        st.goto(|p| Disbursed { p }).reply(1)
    }
    #[call(Active => Repaying | Completed, in_place)]
    pub fn pay(&mut self, cx: &mut Cx<Self>, st: &Active, (a, b): (u8, u8)) -> Result<Next, Refusal> { st.stay() }
    #[call] fn later(&self, reply: ReplyTo<u8>) {}
    #[cast(unbounded)] fn touch(&mut self) -> Result<(), Crash> { x }
    #[info(Active)] fn tick(&self, tick: Tick) {}
    #[terminate] fn close(&mut self, reason: &ExitReason, st: Option<&LoanState>) {}
}";

/// The stream with each of its tokens changed in turn, at any depth.
fn changed(stream: &TokenStream, change: fn(&TokenTree) -> Vec<TokenTree>) -> Vec<TokenStream> {
    let trees: Vec<TokenTree> = stream.clone().into_iter().collect();
    let with = |at: usize, new: Vec<TokenTree>| {
        let (before, after) = (&trees[..at], &trees[at + 1..]);
        before.iter().cloned().chain(new).chain(after.iter().cloned()).collect::<TokenStream>()
    };
    let mut streams = Vec::new();
    for (at, tree) in trees.iter().enumerate() {
        streams.push(with(at, change(tree)));
        if let TokenTree::Group(group) = tree {
            let inner = changed(&group.stream(), change);
            let regroup = |stream| TokenTree::Group(Group::new(group.delimiter(), stream));
            streams.extend(inner.into_iter().map(|stream| with(at, vec![regroup(stream)])));
        }
    }
    streams
}

/// Nothing panics, and whatever is told is told in our manner.
#[track_caller]
fn check_slips(change: fn(&TokenTree) -> Vec<TokenTree>) {
    let attr: TokenStream = ATTR.parse().expect("tokens");
    let item: TokenStream = ITEM.parse().expect("tokens");
    assert_eq!(describe(attr.clone(), item.clone()), [""; 0]);
    let of_attr = changed(&attr, change).into_iter().map(|attr| (attr, item.clone()));
    let of_item = changed(&item, change).into_iter().map(|item| (attr.clone(), item));
    for (attr, item) in of_attr.chain(of_item) {
        let (shown, item_shown) = (attr.to_string(), item.to_string());
        for error in describe(attr, item) {
            let text = error.split_once(": ").map_or("", |(_, text)| text);
            let line = text.lines().next().unwrap_or_default();
            assert!(!line.is_empty(), "{error}\n{shown}\n{item_shown}");
            assert!(!line.ends_with(['.', '!', '?']), "{error}\n{shown}\n{item_shown}");
        }
    }
}

#[test]
fn a_token_left_out() {
    check_slips(|_| Vec::new());
}

#[test]
fn a_token_written_twice() {
    check_slips(|tree| vec![tree.clone(), tree.clone()]);
}

#[test]
fn a_token_replaced() {
    check_slips(|_| "(unexpected)".parse::<TokenStream>().expect("tokens").into_iter().collect());
}
