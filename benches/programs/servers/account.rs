//! Holds money.

use std::error::Error;
use std::fmt;

use genserver_runtime::prelude::*;

/// An amount in cents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cents(pub i64);

/// What was booked.
#[derive(Clone, Debug)]
pub struct Booking {
    pub amount: Cents,
    pub text: String,
}

/// Why nothing was booked.
#[derive(Debug)]
pub enum Declined {
    Overdrawn { missing: Cents },
    Frozen,
}

impl fmt::Display for Declined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overdrawn { missing } => write!(f, "{} cents are missing", missing.0),
            Self::Frozen => f.write_str("it is frozen"),
        }
    }
}

impl Error for Declined {}

/// Asks for a look at the books.
pub struct Audit;

pub struct Account {
    balance: Cents,
    limit: Cents,
    frozen: bool,
    bookings: Vec<Booking>,
}

#[genserver]
impl Account {
    /// What it holds.
    #[call]
    pub fn balance(&self) -> Cents {
        self.balance
    }

    /// The last bookings.
    #[call]
    pub fn bookings(&self, most: usize) -> Vec<Booking> {
        self.bookings.iter().rev().take(most).cloned().collect()
    }

    /// Whether so much could be taken.
    #[call]
    pub fn covers(&self, amount: Cents) -> bool {
        !self.frozen && self.balance.0 - amount.0 >= -self.limit.0
    }

    /// Adds an amount.
    #[call]
    pub fn deposit(&mut self, amount: Cents, #[into] text: String) -> Result<Cents, Declined> {
        self.book(amount, text)
    }

    /// Takes an amount.
    #[call]
    pub fn withdraw(&mut self, amount: Cents, #[into] text: String) -> Result<Cents, Declined> {
        self.book(Cents(-amount.0), text)
    }

    /// Books all of them or none.
    #[call(timeout = "5s", skip_abandoned)]
    pub async fn book_all(&mut self, all: Vec<Booking>) -> Result<Cents, Declined> {
        let sum: i64 = all.iter().map(|booking| booking.amount.0).sum();
        std::future::ready(sum).await;
        self.book(Cents(sum), format!("{} bookings", all.len()))
    }

    /// Sets how far it may be overdrawn.
    #[cast]
    pub fn limit(&mut self, limit: Cents) {
        self.limit = limit;
    }

    /// Nothing is booked from now on.
    #[cast(priority = high)]
    pub fn freeze(&mut self) {
        self.frozen = true;
    }

    /// Writes it down.
    #[cast]
    pub async fn save(&mut self) -> Result<(), Crash> {
        std::future::ready(()).await;
        let last: i64 = self.bookings.last().map_or("0", |booking| &booking.text).parse()?;
        self.balance.0 -= last;
        Ok(())
    }

    #[info]
    fn audit(&mut self, _: Audit) -> Result<(), Crash> {
        if self.balance.0 < -self.limit.0 {
            return Err(Declined::Frozen.into());
        }
        Ok(())
    }
}

impl Account {
    fn book(&mut self, amount: Cents, text: String) -> Result<Cents, Declined> {
        if self.frozen {
            return Err(Declined::Frozen);
        }
        let after = self.balance.0 + amount.0;
        if after < -self.limit.0 {
            return Err(Declined::Overdrawn { missing: Cents(-self.limit.0 - after) });
        }
        self.balance.0 = after;
        self.bookings.push(Booking { amount, text });
        Ok(self.balance)
    }
}
