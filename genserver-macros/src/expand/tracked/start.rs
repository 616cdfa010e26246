//! `Server::start_tracked(..)`.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use crate::expand::attrs;
use crate::expand::docs;
use crate::expand::plan::Plan;
use crate::expand::start::{Signature, error};
use crate::expand::tracked::Track;
use crate::expand::tracked::allowed::landing;
use crate::parse::ty;

/// Beside the user's impl, unless it has that name, which was reported.
pub(crate) fn expand_start(plan: &Plan<'_>) -> Option<TokenStream> {
    let track = Track::new(plan)?;
    if plan.stub && plan.is_taken("start_tracked") {
        return None;
    }
    let (krate, ty, client) = (plan.krate, &plan.ty, plan.client_ty());
    let (params, _, clause) = plan.generics.split_for_impl();
    let (attrs, allow) = (&plan.attrs, attrs::allow_beside());
    let Signature { copied, vis, list, tuple, values } = Signature::new(plan);
    let (message, leaves) = (message(plan), leaves(&track)?);
    let handle = landing(&track, &message, &leaves);
    let given = if leaves.len() == 1 { plan.handle_name() } else { plan.after_name(&message) };
    let docs = docs::of_start_tracked(plan, &given);
    let error = error(plan);
    Some(quote! {
        #attrs
        #allow
        impl #params #ty #clause {
            #docs
            #copied
            #vis fn start_tracked(
                #(#list),*
            ) -> #krate::StartTracked<#ty, #client, #tuple, #error, #handle> {
                #krate::__private::start_tracked(#values)
            }
        }
    })
}

/// The word in `ContractAfterStart`.
pub(crate) fn message(plan: &Plan<'_>) -> Ident {
    format_ident!("start", span = plan.server.ident.span())
}

/// The leaves in which the machine may begin: all, where init returns the state enum.
pub(super) fn leaves(track: &Track<'_>) -> Option<Vec<usize>> {
    let (plan, layout) = (track.plan, track.layout);
    let init = plan.server.init.as_ref().and_then(|init| init.returns.state.as_ref());
    if init.is_some_and(|state| ty::is_named(state, &plan.server.options.state.to_string())) {
        return Some(layout.states.clone());
    }
    layout.machine.states.get(layout.machine.initial)?;
    Some(vec![layout.machine.initial])
}
