//! What the attribute writes, read by a person.

use quote::quote;

use crate::entry::genserver;
use crate::tests::pretty;

#[test]
fn a_counter() {
    let expansion = genserver(
        quote!(),
        &quote! {
            impl Counter {
                /// A counter that starts at `value`.
                #[init]
                pub fn new(value: i64) -> Self {
                    Self { value }
                }

                /// Adds one and returns the new value.
                #[call]
                pub fn increment(&mut self) -> i64 {
                    self.value += 1;
                    self.value
                }

                #[call(timeout = "1s", skip_abandoned)]
                pub async fn add(
                    &mut self,
                    by: i64,
                    #[into] note: String,
                ) -> Result<i64, std::fmt::Error> {
                    self.value += by;
                    Ok(self.value)
                }

                #[cast]
                pub(crate) fn reset(&mut self) {
                    self.value = 0
                }

                #[call]
                pub fn later(&mut self, reply: ReplyTo<i64>) {
                    let _ = reply.reply(self.value);
                }

                #[call(blocking)]
                pub fn heavy(&mut self) -> i64 {
                    self.value
                }

                #[cast(unbounded)]
                pub fn note(&mut self, text: String) -> Result<(), Crash> {
                    Ok(())
                }

                #[info]
                fn tick(&mut self, cx: &mut Cx<Self>, by: u8) {
                    self.value += i64::from(by);
                }

                #[terminate]
                async fn close(&mut self, _reason: &ExitReason) {}
            }
        },
    );
    insta::assert_snapshot!(pretty(&expansion));
}

#[test]
fn a_generic_cache() {
    let expansion = genserver(
        quote!(mailbox = 16, overflow = reject, call_timeout = infinity),
        &quote! {
            impl<K, V, const N: usize> Cache<K, V, N>
            where
                K: Hash + Eq + Send + 'static,
                V: Clone + Send + 'static,
            {
                #[call]
                pub fn get(&self, key: K) -> Option<V> {
                    self.map.get(&key).cloned()
                }

                #[cfg(feature = "put")]
                #[deprecated]
                #[cast]
                pub fn put(&mut self, (key, value): (K, V)) {
                    self.map.insert(key, value);
                }

                #[call]
                #[must_use]
                #[expect(clippy::needless_pass_by_value)]
                fn merge(&mut self, other: Self) -> io::Result<Self::Len> {
                    Ok(0)
                }
            }
        },
    );
    insta::assert_snapshot!(pretty(&expansion));
}

#[test]
fn a_state_machine() {
    let expansion = genserver(
        quote!(
            states(
                Pending: initial,
                Approved,
                Active { Disbursed, Repaying },
                Completed: terminal,
                Rejected: terminal
            ),
            derive(Debug)
        ),
        &quote! {
            impl Contract {
                #[init]
                pub fn open(limit: u64, app: Application) -> Result<(Self, Pending), Refusal> {
                    Ok((Self { limit }, Pending { app }))
                }

                /// Approves the application.
                #[call(Pending => Approved)]
                pub async fn approve(&self, st: &Pending, by: String) -> Result<Next, Refusal> {
                    Ok(st.goto(|p| Approved { app: p.app, by }))
                }

                #[cast(Pending => Rejected)]
                pub fn reject(&mut self) {}

                #[call(Approved => Active)]
                pub fn disburse(&self, st: &Approved) -> io::Result<Next<Receipt>> {
                    Ok(st.goto(|a| Disbursed { app: a.app }).reply(Receipt))
                }

                #[call(Active => Repaying | Completed)]
                pub fn record_payment(&self, st: &Active, amount: u64) -> Next<u64> {
                    st.goto(|_| Completed).reply(0)
                }

                #[call]
                pub fn price(&self, st: &ContractState) -> u64 {
                    st.price()
                }

                #[call(Repaying)]
                pub fn touch(&mut self, cx: &mut Cx<Self>, st: &mut Repaying) -> u64 {
                    st.touch(cx)
                }
            }
        },
    );
    insta::assert_snapshot!(pretty(&expansion));
}

#[test]
fn a_server_that_moves_by_itself() {
    let expansion = genserver(
        quote!(
            states(Open: initial, Expired: terminal),
            hibernate_after = "60s",
            passivate = Self::PATIENCE
        ),
        &quote! {
            impl Session {
                #[init]
                fn new(cx: &mut Cx<Self>) -> (Self, Open) {
                    (Self, Open)
                }

                #[cast(Open, priority = high)]
                fn touch(&mut self) {}

                #[continued]
                async fn load(&mut self, message: Load) -> Result<(), Crash> {
                    Ok(())
                }

                #[cfg(feature = "expiry")]
                #[idle(Self::PATIENCE, Open => Expired)]
                fn expire(&mut self) {}

                #[every("5s")]
                fn sweep(&mut self) {}

                #[cfg(feature = "expiry")]
                #[every(BEAT, Open => Expired, missed = catch_up)]
                fn beat(&self, cx: &mut Cx<Self>, st: &Open) -> Next {
                    st.stay()
                }

                #[hibernate]
                fn shrink(&mut self) {}

                #[cfg(not(feature = "secrets"))]
                #[format_state]
                fn show(&self, st: &SessionState) -> impl Debug {
                    "a session"
                }
            }
        },
    );
    insta::assert_snapshot!(pretty(&expansion));
}

#[test]
fn a_server_whose_state_has_a_version() {
    let expansion = genserver(
        quote!(version = 3),
        &quote! {
            impl Counter {
                #[init]
                pub fn new() -> Self {
                    Self { value: 0 }
                }

                #[code_change(from = 2)]
                fn v2(old: v2::Counter) -> Result<Self, Negative> {
                    Err(Negative)
                }

                #[cfg(feature = "old")]
                #[code_change(from = 1)]
                fn v1(old: v1::Counter) -> v2::Counter {
                    v2::Counter { value: old.value }
                }
            }
        },
    );
    insta::assert_snapshot!(pretty(&expansion));
}

#[test]
fn a_machine_whose_state_has_a_version() {
    let expansion = genserver(
        quote!(version = 2, states(Open: initial + terminal), derive(serde::Serialize)),
        &quote! {
            impl<T: Send + 'static> Door<T> {
                #[code_change(from = 1)]
                fn v1((door, state): (v1::Door<T>, v1::DoorState)) -> io::Result<(Self, DoorState)> {
                    Ok((Self::from(door), DoorState::Open(Open)))
                }
            }
        },
    );
    insta::assert_snapshot!(pretty(&expansion));
}

#[test]
fn a_machine_that_is_followed() {
    let expansion = genserver(
        quote!(states(Calm: initial, Ringing { Soft, Loud }), otherwise = postpone),
        &quote! {
            impl Bell {
                #[call(Calm => Soft)]
                pub fn ring(&self) {}

                #[call(Ringing => Calm, otherwise = postpone(Calm))]
                pub fn rest(&self) {}

                #[cast(Loud, otherwise = ignore)]
                pub fn nod(&mut self) {}

                #[info(Calm)]
                fn told(&mut self, message: u8) {}

                #[enter(Ringing)]
                async fn sound(&mut self, st: &Ringing, cx: &mut StateCx<Self>) -> Enter {
                    Enter::Done
                }

                #[cfg(feature = "soft")]
                #[enter(Calm | Soft)]
                fn soothe(&self, st: &BellState) {}

                #[exit(Loud)]
                fn fade(&mut self, t: &Transition) {}

                #[transition]
                async fn save(&self, t: &Transition, now: &BellState) -> io::Result<()> {
                    Ok(())
                }

                #[state_timeout(Soft, after = "1m" => Loud)]
                fn louder(&self) {}

                #[cfg(feature = "tired")]
                #[state_timeout(Loud | Calm, until = Self::bed_time => Calm)]
                fn tire(&mut self) {}
            }
        },
    );
    insta::assert_snapshot!(pretty(&expansion));
}
