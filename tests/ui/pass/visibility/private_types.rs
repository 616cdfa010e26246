//! Handlers that nobody outside can call may take and return types that nobody outside can name.
#![deny(warnings, private_interfaces, private_bounds)]

use bank::{Account, AccountClient};

mod bank {
    use genserver_runtime::prelude::*;

    /// Private to the module, in a private handler of a public server.
    #[derive(Debug)]
    struct Audit(u8);
    #[derive(Debug)]
    pub(super) struct Refused;
    struct Tick;
    pub struct Account {
        audits: Vec<Audit>,
    }

    #[genserver]
    impl Account {
        #[init]
        pub fn open() -> Self {
            Self { audits: Vec::new() }
        }

        #[call]
        fn audit(&mut self, audit: Audit) -> Option<Audit> {
            self.audits.push(audit);
            self.audits.pop()
        }

        #[call]
        async fn audit_later(&mut self, (audit, _): (Audit, u8)) -> Result<Audit, Refused> {
            Ok(audit)
        }

        #[call]
        fn deferred(&self, reply: ReplyTo<Audit>) {
            let _ = reply.reply(Audit(3));
        }

        #[call(blocking)]
        fn heavy(&self, audit: Audit) -> Audit {
            audit
        }

        #[cast]
        fn note(&mut self, audit: Audit) {
            self.audits.push(audit);
        }

        #[info]
        fn tick(&mut self, _: Tick) {
            self.audits.clear();
        }

        #[call]
        pub(super) fn refuse(&self) -> Result<(), Refused> {
            Err(Refused)
        }

        #[call]
        pub fn count(&self) -> usize {
            self.audits.len()
        }
    }

    pub(super) async fn run(account: &AccountClient) {
        assert_eq!(account.audit(Audit(1)).await.unwrap().unwrap().0, 1);
        assert_eq!(account.audit_later((Audit(2), 0)).await.unwrap().0, 2);
        assert_eq!(account.deferred().await.unwrap().0, 3);
        assert_eq!(account.heavy(Audit(4)).await.unwrap().0, 4);
        account.note(Audit(5)).await.unwrap();
        assert_eq!(account.count().await.unwrap(), 1);
        account.send_info(Tick).await.unwrap();
    }

    /// A private server with public handlers that take private types.
    struct Teller;
    pub(super) struct Open;
    struct Closed(#[allow(dead_code)] Audit);

    #[genserver(states(Open: initial, Closed: terminal))]
    impl Teller {
        #[init]
        pub fn new(_: Audit) -> Result<(Self, Open), Refused> {
            Ok((Self, Open))
        }

        #[call(Open => Closed)]
        pub fn close(&self, st: &Open, audit: Audit) -> Result<Next<Option<Audit>>, Refused> {
            let _ = st;
            Ok(st.goto(|_| Closed(audit)).reply(None))
        }

        #[call]
        pub fn own(&self) -> Option<Self> {
            None
        }
    }

    /// A public machine whose hooks take and return what nobody outside can name.
    pub struct Vault {
        audits: Vec<Audit>,
    }
    struct Shut(Audit);
    #[derive(Debug)]
    struct Unsaved;

    impl std::fmt::Display for Unsaved {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("unsaved")
        }
    }
    impl std::error::Error for Unsaved {}

    #[genserver(states(Open: initial, Shut))]
    impl Vault {
        #[call(Open => Shut)]
        fn shut(&self, st: &Open) -> Next {
            st.goto(|_| Shut(Audit(1)))
        }

        #[call]
        pub fn count(&self) -> usize {
            self.audits.len()
        }

        #[call(Shut => Open, otherwise = postpone(Open))]
        fn open(&self, st: &Shut) -> Next<u8> {
            let audit = st.0.0;
            st.goto(|_| Open).reply(audit)
        }

        #[enter(Shut)]
        async fn audit(&mut self, st: &mut Shut) {
            st.0 = Audit(st.0.0 + 1);
            self.audits.push(Audit(st.0.0));
        }

        #[transition]
        async fn save(&self) -> Result<(), Unsaved> {
            if self.audits.is_empty() { Err(Unsaved) } else { Ok(()) }
        }

        #[state_timeout(Shut, until = Self::morning => Open)]
        fn open_itself(&self) {}

        fn morning(&self, st: &Shut) -> Option<tokio::time::Instant> {
            (st.0.0 > 9).then(tokio::time::Instant::now)
        }
    }

    pub(super) async fn run_vault() {
        let vault = Vault::start(Vault { audits: Vec::new() }, Open).await.unwrap();
        vault.shut().await.unwrap();
        assert_eq!(vault.open().await.unwrap(), 2);
        assert_eq!(vault.count().await.unwrap(), 1);
    }

    pub(super) async fn run_teller() {
        let teller: TellerClient = Teller::start(Audit(0)).await.unwrap();
        assert!(teller.close(Audit(1)).await.unwrap().is_none());
        assert!(teller.own().await.unwrap().is_none());
        assert!(matches!(teller.state().await, Ok(TellerStateName::Closed)));
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let account: AccountClient = Account::start().await.unwrap();
    bank::run(&account).await;
    assert!(account.refuse().await.is_err());
    assert_eq!(account.count().await.unwrap(), 0);
    bank::run_teller().await;
    bank::run_vault().await;
}
