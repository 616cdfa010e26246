//! `Self` in arguments, replies and their lengths is the server, also where generated code says it.
#![deny(warnings)]

use genserver_runtime::prelude::*;

pub trait Unit {
    type Of;
}

impl Unit for Matrix {
    type Of = u32;
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Matrix {
    rows: [u8; Self::ROWS],
}

impl Matrix {
    pub const ROWS: usize = 2;
}

#[derive(Debug)]
pub struct Refused<T>(T);

#[genserver(mailbox = Self::ROWS as u32, call_timeout = Self::LIMIT)]
impl Matrix {
    const LIMIT: std::time::Duration = std::time::Duration::from_secs(1);

    #[init]
    pub fn new(like: Self, rows: [u8; Self::ROWS]) -> Result<Self, Refused<Self>> {
        if rows == like.rows { Err(Refused(like)) } else { Ok(Self { rows }) }
    }

    #[call]
    pub fn copy(&self) -> Self {
        self.clone()
    }

    #[call]
    pub fn swap(&mut self, other: Self) -> Option<Self> {
        Some(std::mem::replace(self, other))
    }

    #[call]
    pub fn rows(&self) -> [u8; Self::ROWS] {
        self.rows
    }

    #[call]
    pub async fn fails(&self, with: Box<Self>) -> Result<Vec<Self>, Refused<Self>> {
        Err(Refused(*with))
    }

    #[call]
    pub fn unit(&self, unit: <Self as Unit>::Of) -> <Self as Unit>::Of {
        unit + 1
    }

    #[cast]
    pub fn set(&mut self, (first, _): ([u8; Self::ROWS], Option<Self>)) {
        self.rows = first;
    }

    #[info]
    fn told(&mut self, other: Self) {
        *self = other;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    assert!(Matrix::start(Matrix::default(), [0, 0]).await.is_err());
    let matrix = Matrix::start(Matrix::default(), [1, 2]).await.unwrap();
    assert_eq!(matrix.copy().await.unwrap(), Matrix { rows: [1, 2] });
    assert_eq!(matrix.swap(Matrix::default()).await.unwrap(), Some(Matrix { rows: [1, 2] }));
    assert_eq!(matrix.rows().await.unwrap(), [0, 0]);
    assert!(matrix.fails(Box::default()).await.is_err());
    assert_eq!(matrix.unit(1).await.unwrap(), 2);
    matrix.set(([3, 4], None)).await.unwrap();
    assert_eq!(matrix.rows().await.unwrap(), [3, 4]);
    matrix.send_info(Matrix::default()).await.unwrap();
    assert_eq!(matrix.rows().await.unwrap(), [0, 0]);
}
