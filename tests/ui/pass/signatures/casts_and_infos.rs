//! What casts and infos may return and take.
#![deny(warnings)]

use std::num::ParseIntError;

use genserver_runtime::prelude::*;

type CrashResult = std::result::Result<(), Crash>;

#[derive(Default)]
pub struct Sum {
    total: i64,
}

pub struct Reset;

pub mod own {
    pub type Result = std::result::Result<(), genserver_runtime::Crash>;
}

#[genserver]
impl Sum {
    #[cast]
    pub fn add(&mut self, text: String) -> Result<(), Crash> {
        let number: i64 = text.parse()?;
        self.total += number;
        Ok(())
    }

    #[cast]
    pub async fn add_later(&mut self, number: i64) -> std::result::Result<(), Crash> {
        tokio::task::yield_now().await;
        self.total += number;
        Ok(())
    }

    #[cast]
    pub fn nothing(&self) -> () {}

    #[cast]
    pub fn aliased(&self) -> own::Result {
        Ok(())
    }

    #[cast(unbounded, name = push)]
    pub fn add_now(&mut self, number: i64) {
        self.total += number;
    }

    #[call]
    pub fn total(&self) -> i64 {
        self.total
    }

    #[info]
    fn reset(&mut self, Reset: Reset) {
        self.total = 0;
    }

    #[info]
    fn number(&mut self, number: Result<i64, ParseIntError>) -> Result<(), Crash> {
        self.total += number?;
        Ok(())
    }

    #[info]
    fn text(&mut self, text: String) {
        self.total += text.len() as i64;
    }

    #[info]
    fn small(&mut self, number: u32) {
        self.total += i64::from(number);
    }

    #[info]
    async fn pair(&mut self, cx: &mut Cx<Self>, (sum, _): (i64, &'static str)) {
        let _ = cx.id();
        self.total += sum;
    }
}

/// From where nothing can be awaited.
pub struct Guard(SumClient);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = self.0.push(100).post();
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let _: CrashResult = Ok(());
    let sum = Sum::start(Sum::default()).await.unwrap();
    sum.add("40".into()).await.unwrap();
    sum.add_later(2).await.unwrap();
    sum.nothing().await.unwrap();
    sum.aliased().try_send().unwrap();
    assert_eq!(sum.total().await.unwrap(), 42);
    drop(Guard(sum.clone()));
    sum.send_info("8".parse()).await.unwrap();
    assert_eq!(sum.total().await.unwrap(), 150);
    let recipient = sum.recipient::<(i64, &'static str)>();
    recipient.send((1, "")).await.unwrap();
    assert_eq!(sum.total().await.unwrap(), 151);
    sum.send_info("two".to_owned()).await.unwrap();
    sum.send_info(6_u32).await.unwrap();
    assert_eq!(sum.total().await.unwrap(), 160);
    sum.send_info(Reset).await.unwrap();
    assert_eq!(sum.total().await.unwrap(), 0);
    sum.add("none".into()).await.unwrap();
    assert!(sum.total().await.is_err());
}
