//! `#[into]`: the caller gives what the argument can be made of.
#![deny(warnings)]

use std::path::PathBuf;
use std::sync::Arc;

use genserver_runtime::prelude::*;

pub struct Files {
    root: PathBuf,
}

#[genserver]
impl Files {
    #[init]
    pub fn open(#[into] root: PathBuf, #[into] _: Arc<str>) -> Self {
        Self { root }
    }

    #[call]
    pub fn join(&self, #[into] name: String, plain: u8, #[into] level: Option<u64>) -> PathBuf {
        self.root.join(name).join(format!("{plain}{}", level.unwrap_or_default()))
    }

    #[cast]
    pub fn enter(&mut self, #[into] (first, second): (String, String)) {
        self.root = self.root.join(first).join(second);
    }

    #[call]
    pub fn count(
        &self,
        #[allow(unused_variables)]
        #[into]
        parts: Vec<u8>,
        mut from: usize,
    ) -> usize {
        from += self.root.iter().count();
        from
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let files = Files::start("a", "name").await.unwrap();
    assert_eq!(files.join("b", 1, 2).await.unwrap(), PathBuf::from("a/b/12"));
    files.enter(["b".to_owned(), "c".to_owned()]).await.unwrap();
    assert_eq!(files.join('d', 1, None).await.unwrap(), PathBuf::from("a/b/c/d/10"));
    assert_eq!(files.count("bytes", 1).await.unwrap(), 4);
}
