//! Raw identifiers keep their `r#` where Rust needs it and lose it where people read.
#![deny(warnings)]
#![allow(non_camel_case_types)]

use genserver_runtime::prelude::*;

pub struct r#yield {
    r#in: i64,
}

#[genserver(name = "yield")]
impl r#yield {
    #[init]
    pub fn r#new(r#in: i64) -> Self {
        Self { r#in }
    }

    #[call]
    pub fn r#match(&self, r#fn: i64, r#type: (i64,)) -> i64 {
        self.r#in + r#fn + r#type.0
    }

    #[call(name = r#loop)]
    pub async fn repeat(&self) -> Result<i64, String> {
        Err(self.r#in.to_string())
    }

    #[cast]
    pub fn r#move(&mut self, r#in: i64) {
        self.r#in = r#in;
    }

    #[info]
    fn r#ref(&mut self, r#in: i64) {
        self.r#in += r#in;
    }

    #[terminate]
    fn r#final(&mut self, r#return: &ExitReason) {
        let _ = r#return;
    }
}

pub struct Open;
pub struct r#Shut;
pub struct Door;

#[genserver(states(r#Open: initial, Shut: terminal))]
impl Door {
    #[call(Open => r#Shut)]
    pub fn r#break(&self, r#st: &Open, r#as: bool) -> Next<bool> {
        r#st.goto(|_| Shut).reply(r#as)
    }

    #[call]
    pub fn r#is(&self) {}
}

pub struct r#Self_;
pub struct r#loop(bool);
pub struct r#true_;

#[genserver(states(r#loop: initial, r#Self_), otherwise = postpone)]
impl r#true_ {
    #[call(r#loop => Self_, otherwise = postpone(r#Self_))]
    pub fn r#while(&self) {}

    #[call(Self_ => r#loop)]
    pub fn r#for(&self, r#st: &r#Self_) -> Next {
        r#st.goto(|_| r#loop(false))
    }

    #[enter(r#loop)]
    fn r#enter(&self, r#in: &mut r#loop, r#cx: &mut StateCx<Self>) {
        let _ = r#cx.name();
        r#in.0 = true;
    }

    #[exit(r#Self_)]
    async fn r#move(&self, r#ref: &Transition) {
        assert_eq!(r#ref.to, "loop");
    }

    #[transition]
    fn r#mod(&self, r#as: &true_State) {
        assert!(!matches!(r#as, true_State::r#loop(r#loop(false))));
    }

    #[state_timeout(r#loop, until = Self::r#use => r#Self_)]
    fn r#final(&self) {}

    fn r#use(&self, r#in: &r#loop) -> Option<std::time::SystemTime> {
        r#in.0.then(std::time::SystemTime::now).filter(|_| false)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let server = r#yield::start(1).await.unwrap();
    assert_eq!(server.r#match(1, (1,)).await.unwrap(), 3);
    assert!(server.r#loop().await.is_err());
    server.r#move(5).await.unwrap();
    server.send_info(1).await.unwrap();
    assert_eq!(server.r#match(0, (0,)).await.unwrap(), 6);
    let _: &yieldClient = &server;

    let machine = r#true_::start(r#true_, r#loop(false)).await.unwrap();
    machine.r#while().await.unwrap();
    machine.r#for().await.unwrap();
    let edges: Vec<_> = r#true_::GRAPH.edges.iter().map(|edge| edge.label).collect();
    assert_eq!(edges, ["while", "for", "until use"]);
    let door = Door::start(Door, Open).await.unwrap();
    assert!(door.r#break(true).await.unwrap());
    let error = door.r#break(true).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "cannot `break` while Shut; allowed: nothing; no way leads there"
    );
    assert_eq!(DoorMessage::Break.to_string(), "break");
    assert_eq!("break".parse(), Ok(DoorMessage::Break));
    assert_eq!(DoorStateName::Open.allowed(), [DoorMessage::Break]);
    assert_eq!(Door::GRAPH.edges[0].label, "break");
}
