//! Model to tokens: one file an emitted item.

mod asserts;
mod attrs;
mod client;
mod dispatch;
mod docs;
mod drives;
mod dropped;
mod fallback;
mod format_state;
mod graph;
mod hooks;
mod impl_block;
mod layout;
mod machine;
mod message;
mod methods;
mod names;
mod options;
mod outcome;
mod paths;
mod plan;
mod postpone;
mod repeated;
mod request;
mod sources;
mod start;
mod stay;
mod time;
mod tracked;
mod upgrade;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemImpl;

pub(crate) use self::fallback::{fallback, unreadable};

use crate::expand::plan::Plan;
use crate::model::Server;

/// Everything that the attribute writes, the user's impl first.
pub(crate) fn expand(server: &Server, item: &ItemImpl) -> TokenStream {
    expand_plan(&Plan::new(server, item, false), item)
}

fn expand_plan(plan: &Plan<'_>, item: &ItemImpl) -> TokenStream {
    let user = impl_block::expand_impl(plan, item.clone());
    let client = client::expand_client(plan);
    let start = start::expand_start(plan);
    let start_tracked = tracked::expand_start(plan);
    let tracked = tracked::expand_types(plan);
    let machine = machine::expand_machine(plan);
    let hidden = expand_hidden(plan);
    let upgrade = upgrade::expand_upgrade(plan);
    quote!(#user #client #start #start_tracked #machine #tracked #hidden #upgrade)
}

/// What nobody calls by name. Names in here that start with `__` could hide none of the user's.
fn expand_hidden(plan: &Plan<'_>) -> TokenStream {
    let (krate, attrs, allow) = (plan.krate, &plan.attrs, attrs::allow());
    let asserts = (!plan.stub).then(|| asserts::expand_asserts(plan));
    let message = message::expand_message(plan);
    let server = dispatch::expand_server(plan);
    let begin = start::expand_begin(plan);
    let handlers = plan.messages().map(|entry| request::expand_handler(plan, entry));
    let client = client::expand_binding(plan);
    let machine = machine::expand_binding(plan);
    let drives = drives::expand_drives(plan);
    let tracked = tracked::expand_binding(plan);
    quote! {
        #attrs
        #allow
        const _: () = {
            use #krate::__private as __g;
            #asserts
            #message
            #server
            #begin
            #(#handlers)*
            #client
            #machine
            #drives
            #tracked
        };
    }
}
