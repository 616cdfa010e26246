//! A type whose last segment is `Result` is a reply that can fail; under another name it is a value.
#![deny(warnings)]

use std::io;

use genserver_runtime::prelude::*;

#[derive(Clone, Debug, PartialEq)]
pub struct Refused;

pub type Result<T, E = Refused> = std::result::Result<T, E>;
pub type Outcome = std::result::Result<u8, Refused>;

pub mod own {
    pub type Result = std::result::Result<u8, String>;
}

pub struct Files;

#[genserver]
impl Files {
    #[init]
    pub async fn open(fail: bool) -> io::Result<Self> {
        if fail { Err(io::ErrorKind::NotFound.into()) } else { Ok(Self) }
    }

    #[call]
    pub fn read(&self, path: String) -> io::Result<String> {
        if path.is_empty() { Err(io::ErrorKind::InvalidInput.into()) } else { Ok(path) }
    }

    #[call]
    pub async fn write(&mut self, path: String) -> std::io::Result<()> {
        self.read(path).map(drop)
    }

    #[call]
    pub fn aliased(&self, good: bool) -> Result<Vec<u8>> {
        if good { Ok(vec![1]) } else { Err(Refused) }
    }

    #[call]
    pub fn defaulted(&self, good: bool) -> Result<u8, &'static str> {
        if good { Ok(1) } else { Err("no") }
    }

    #[call]
    pub fn bare(&self, good: bool) -> own::Result {
        if good { Ok(1) } else { Err("no".into()) }
    }

    #[call]
    pub fn value(&self, good: bool) -> Outcome {
        if good { Ok(1) } else { Err(Refused) }
    }

    #[call(blocking)]
    pub fn heavy(&self) -> io::Result<u8> {
        Ok(1)
    }

    #[call]
    pub fn deferred(&self, reply: ReplyTo<io::Result<u8>>) {
        let _ = reply.reply(Err(io::ErrorKind::Other.into()));
    }
}

pub struct Idle;
pub struct Busy;
pub struct Disk;

#[genserver(states(Idle: initial, Busy: terminal))]
impl Disk {
    #[init]
    pub fn mount() -> io::Result<(Self, Idle)> {
        Ok((Self, Idle))
    }

    #[call(Idle => Busy)]
    pub async fn spin(&self, st: &Idle, good: bool) -> io::Result<Next<u8>> {
        if good { Ok(st.goto(|_| Busy).reply(1)) } else { Err(io::ErrorKind::Other.into()) }
    }

    #[call(Idle => Busy)]
    pub fn spin_up(&self, good: bool) -> Result<u8> {
        if good { Ok(1) } else { Err(Refused) }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let files = Files::start(false).await.unwrap();
    assert!(matches!(Files::start(true).await, Err(StartError::Init(_))));
    assert_eq!(files.read("a".into()).await.unwrap(), "a");
    let error: CallError<io::Error> = files.read(String::new()).await.unwrap_err();
    assert!(
        matches!(error, CallError::Reply(error) if error.kind() == io::ErrorKind::InvalidInput)
    );
    files.write("a".into()).await.unwrap();
    assert_eq!(files.aliased(true).await.unwrap(), [1]);
    assert_eq!(files.aliased(false).await, Err(CallError::Reply(Refused)));
    assert_eq!(files.defaulted(false).await.split().unwrap(), Err("no"));
    assert_eq!(files.bare(false).await.split().unwrap(), Err("no".to_owned()));
    let value: std::result::Result<Outcome, ServerError> = files.value(false).await;
    assert_eq!(value.unwrap(), Err(Refused));
    assert_eq!(files.heavy().await.unwrap(), 1);
    assert!(matches!(files.deferred().await, Err(CallError::Reply(_))));

    let disk = Disk::start().await.unwrap();
    assert!(disk.spin(false).await.is_err());
    assert_eq!(disk.spin_up(false).await.split().unwrap(), Err(Refused));
    assert_eq!(disk.state().await.unwrap(), DiskStateName::Idle);
    assert_eq!(disk.spin(true).await.unwrap(), 1);
    assert!(disk.spin_up(true).await.unwrap_err().invalid_state::<Disk>().is_some());
}
