//! What all emitted items share: the server's type and generics, and its handlers with their
//! types made ready for a place outside the user's impl.

use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};
use syn::{Generics, Ident, ImplItem, ItemImpl, Path, Type, Visibility};

use crate::expand::attrs;
use crate::expand::layout::Layout;
use crate::expand::paths::{self, Reply};
use crate::expand::repeated::Repeated;
use crate::model::{Arg, Handler, Method, Param, Server};
use crate::parse::returns;

/// One expansion.
pub(crate) struct Plan<'a> {
    pub(crate) server: &'a Server,
    item: &'a ItemImpl,
    /// After an error: every signature is emitted, no body.
    pub(crate) stub: bool,
    pub(crate) krate: &'a Path,
    /// The server's type, `Cache<K, V>`.
    pub(crate) ty: Repeated,
    /// The type as hidden items name it inside of its impls.
    pub(crate) own: Repeated,
    client_ty: Repeated,
    message_ty: Repeated,
    /// The impl's generics, free of `Self`.
    pub(crate) generics: Generics,
    pub(crate) handlers: Vec<Entry<'a>>,
    pub(crate) layout: Option<Layout<'a>>,
    /// What every emitted item repeats of the impl's attributes.
    pub(crate) attrs: Repeated,
}

/// A handler with its number and its types.
pub(crate) struct Entry<'a> {
    pub(crate) handler: &'a Handler,
    /// `H`, unsuffixed.
    pub(crate) number: Literal,
    /// The first handler for the same message: itself, unless several methods share the message.
    first: usize,
    at: usize,
    pub(crate) cfgs: Repeated,
    pub(crate) args: Args<'a>,
    /// Of calls only.
    pub(crate) reply: Option<Reply>,
    /// The arguments' tuple in hidden items.
    pub(crate) hidden_args: Repeated,
    /// The reply in hidden items; `()` of others than calls.
    pub(crate) hidden_reply: Repeated,
    /// The arguments' tuple in the message.
    pub(crate) sent_args: TokenStream,
    /// The reply in the message.
    pub(crate) sent_reply: TokenStream,
}

/// The arguments that travel, as a tuple.
pub(crate) struct Args<'a> {
    pub(crate) list: Vec<&'a Arg>,
    pub(crate) types: Vec<TokenStream>,
    /// `(i64, String)`
    pub(crate) tuple: Repeated,
}

impl Entry<'_> {
    /// Whether it is the first handler for its message.
    pub(crate) fn leads(&self) -> bool {
        self.first == self.at
    }
}

impl<'a> Plan<'a> {
    pub(crate) fn new(server: &'a Server, item: &'a ItemImpl, stub: bool) -> Self {
        let ty = Repeated::new(server.self_ty.to_token_stream());
        let generics = paths::generics_without_self(&server.generics, &ty);
        let (_, args, _) = generics.split_for_impl();
        let client = &server.options.client;
        let mut plan = Self {
            server,
            item,
            stub,
            krate: &server.options.krate,
            own: Repeated::new(sound(&quote!(Self), stub)),
            client_ty: Repeated::new(quote!(#client #args)),
            message_ty: Repeated::new(quote!(__Message #args)),
            generics,
            handlers: Vec::new(),
            layout: server.machine.as_ref().map(|machine| Layout::new(machine, server)),
            attrs: Repeated::new(attrs::of_item(&server.attrs)),
            ty,
        };
        plan.handlers = plan.entries();
        plan
    }

    fn entries(&self) -> Vec<Entry<'a>> {
        let handlers: &'a [Handler] = &self.server.handlers;
        // A name given twice was reported; the stubs take the first.
        let first = |at: usize| {
            let own = &handlers[at];
            let same = |other: &Handler| {
                let is_same = other.method.ident == own.method.ident;
                is_same || (other.message == own.message && !self.server.is_shared(other, own))
            };
            own.is_conditional() || !handlers[..at].iter().any(same)
        };
        (0..handlers.len())
            .filter(|&at| !self.stub || first(at))
            .map(|at| self.entry(at, &handlers[at]))
            .collect()
    }

    fn entry(&self, number: usize, handler: &'a Handler) -> Entry<'a> {
        let deferred = handler.params.iter().find_map(|param| match param {
            Param::Reply(ty) => Some(ty.clone()),
            _ => None,
        });
        let reply = handler.kind.is_call().then(|| {
            let reply = deferred.unwrap_or_else(|| returns::reply_of(handler));
            let is_usable = self.is_usable(&reply, &handler.method);
            Reply::new(&if is_usable { reply } else { syn::parse_quote!(()) }, self)
        });
        let args = self.args(&handler.method);
        let types = args.types.iter().map(|ty| self.sent(ty));
        let reply_ty = reply.as_ref().map_or_else(|| quote!(()), |reply| reply.ty.clone());
        Entry {
            handler,
            number: Literal::usize_unsuffixed(number),
            first: self.server.first_of(number),
            at: number,
            cfgs: Repeated::new(handler.method.cfgs().map(ToTokens::to_token_stream).collect()),
            sent_args: quote!((#(#types,)*)),
            sent_reply: self.sent(&reply_ty),
            hidden_args: Repeated::new(self.sound(&args.tuple)),
            hidden_reply: Repeated::new(if paths::is_plain(&reply_ty) {
                reply_ty
            } else {
                self.sound(&reply_ty)
            }),
            args,
            reply,
        }
    }

    /// The messages, each by the first of its handlers.
    pub(crate) fn messages(&self) -> impl Iterator<Item = &Entry<'a>> {
        self.handlers.iter().filter(|entry| entry.leads())
    }

    /// The handlers that share the message of a leading one, itself included; alone it is no
    /// choice.
    pub(crate) fn methods_of(&self, lead: &Entry<'_>) -> Vec<&Entry<'a>> {
        self.handlers.iter().filter(|entry| entry.first == lead.at).collect()
    }

    /// The type as hidden items name it that are not to be looked at when a type does not travel.
    /// In heads that nothing else tells apart only for types of the user's crate: of others rustc
    /// expects that their crate could make them equal.
    pub(crate) fn sound(&self, ty: &TokenStream) -> TokenStream {
        sound(ty, self.stub)
    }

    /// The type as the message names it.
    fn sent(&self, ty: &TokenStream) -> TokenStream {
        let broken = if self.stub { None } else { paths::stuck(ty, &self.generics) };
        broken.unwrap_or_else(|| ty.clone())
    }

    /// Types that cannot stand in a message were reported; the stubs do without them.
    fn is_usable(&self, ty: &Type, method: &Method) -> bool {
        if !self.stub {
            return true;
        }
        let generics = match self.item.items.get(method.item) {
            Some(ImplItem::Fn(function)) => function.sig.generics.type_params(),
            _ => return false,
        };
        paths::is_owned(ty, &generics.map(|param| param.ident.to_string()).collect::<Vec<_>>())
    }

    pub(crate) fn args(&self, method: &'a Method) -> Args<'a> {
        let usable = method.args.iter().filter(|arg| self.is_usable(&arg.ty, method));
        let list: Vec<_> = usable.collect();
        let own = |arg: &&Arg| paths::without_self(arg.ty.to_token_stream(), &self.ty);
        let types: Vec<_> = list.iter().map(own).collect();
        Args { tuple: Repeated::new(quote!((#(#types,)*))), list, types }
    }

    pub(crate) fn item(&self) -> &'a ItemImpl {
        self.item
    }

    /// Whether the user's impl has an item of this name.
    pub(crate) fn is_taken(&self, name: &str) -> bool {
        self.item.items.iter().any(|item| match item {
            ImplItem::Fn(function) => function.sig.ident == name,
            ImplItem::Const(constant) => constant.ident == name,
            _ => false,
        })
    }

    /// `impl<..> Trait for Server where .. { .. }`
    pub(crate) fn implement(&self, of: &TokenStream, body: &TokenStream) -> TokenStream {
        self.implement_for(&self.ty, of, body)
    }

    /// As [`implement_for`](Self::implement_for), with a clause that does not compile when a type
    /// does not travel: rustc then says nothing of the impl, nor of what asks for it. The type that
    /// it is for stands there as it is: a projection there could, to rustc, be the type of any impl of
    /// the trait, also in the crates that use this one.
    pub(crate) fn implement_sound(
        &self,
        target: &impl ToTokens,
        of: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let mut generics = self.generics.clone();
        if !self.stub {
            let sound = syn::parse_quote!([(); __SIMPLE]: ::core::marker::Sized);
            generics.make_where_clause().predicates.push(sound);
        }
        let (params, _, clause) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #params #of for #target #clause { #body }
        }
    }

    pub(crate) fn implement_for(
        &self,
        target: &impl ToTokens,
        of: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let (params, _, clause) = self.generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #params #of for #target #clause { #body }
        }
    }

    /// `CacheClient<K, V>`
    pub(crate) fn client_ty(&self) -> &Repeated {
        &self.client_ty
    }

    /// The hidden message enum with its generics.
    pub(crate) fn message_ty(&self) -> &Repeated {
        &self.message_ty
    }

    /// The machine's state enum; `()` without states.
    pub(crate) fn state_ty(&self) -> TokenStream {
        self.layout.as_ref().map_or_else(|| quote!(()), Layout::root_ty)
    }

    /// `ContractStateName`
    pub(crate) fn state_name(&self) -> Ident {
        format_ident!("{}StateName", self.server.ident)
    }

    /// `ContractMessage`
    pub(crate) fn message_name(&self) -> Ident {
        format_ident!("{}Message", self.server.ident)
    }

    /// The hidden module of types that are named as the handlers.
    pub(crate) fn words_name(&self) -> Ident {
        format_ident!("__{}", self.server.ident, span = Span::call_site())
    }

    /// The server's name without `r#`.
    pub(crate) fn name(&self) -> String {
        paths::plain(&self.server.ident)
    }

    /// The visibility of the client: the option's, or the widest among init and the handlers.
    pub(crate) fn vis(&self) -> Visibility {
        let methods = self.server.handlers.iter().map(|handler| &handler.method);
        let methods = methods.chain(self.server.init.as_ref().map(|init| &init.method));
        self.server.options.vis.clone().unwrap_or_else(|| {
            widest(methods.map(|method| &method.vis)).unwrap_or(Visibility::Inherited)
        })
    }

    /// The visibility of the types that traits of a public server name: never narrower than the
    /// server, whose own visibility an impl block does not show.
    pub(crate) fn open_vis(&self) -> TokenStream {
        let vis = self.server.options.vis.as_ref();
        vis.map_or_else(|| quote!(pub), ToTokens::to_token_stream)
    }
}

fn sound(ty: &TokenStream, stub: bool) -> TokenStream {
    if stub { ty.clone() } else { quote!(__Sound<#ty>) }
}

/// The widest visibility, of those the last.
pub(crate) fn widest<'v>(all: impl Iterator<Item = &'v Visibility>) -> Option<Visibility> {
    all.max_by_key(|vis| width(vis)).cloned()
}

fn width(vis: &Visibility) -> u8 {
    match vis {
        Visibility::Public(_) => 4,
        Visibility::Restricted(restricted) if restricted.path.is_ident("crate") => 3,
        Visibility::Restricted(restricted) if restricted.in_token.is_some() => 2,
        Visibility::Restricted(restricted) if restricted.path.is_ident("super") => 1,
        Visibility::Restricted(_) | Visibility::Inherited => 0,
    }
}
