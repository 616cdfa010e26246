//! An order, from the basket to the door.

use genserver_runtime::prelude::*;

/// What is ordered.
#[derive(Clone, Debug)]
pub struct Line {
    pub article: u64,
    pub pieces: u32,
    pub cents: u64,
}

/// Why it stays where it is.
#[derive(Debug)]
pub enum Refusal {
    Empty,
    TooLittle { missing: u64 },
    NoCarrier(String),
}

/// A carrier tells where it is.
pub struct Scanned {
    pub place: String,
}

pub struct Open {
    lines: Vec<Line>,
}

pub struct Paid {
    lines: Vec<Line>,
    cents: u64,
}

pub struct Shipped {
    carrier: String,
    places: Vec<String>,
}

pub struct Closed;

pub struct Order {
    customer: String,
    discount: u64,
}

#[genserver(states(Open: initial, Paid, Shipped, Closed: terminal))]
impl Order {
    /// An order without a line.
    #[init]
    pub fn open(customer: String, discount: u64) -> (Self, Open) {
        (Self { customer, discount }, Open { lines: Vec::new() })
    }

    /// One line more.
    #[call(Open)]
    pub fn add(&mut self, st: &mut Open, line: Line) -> usize {
        st.lines.push(line);
        st.lines.len()
    }

    /// What is to be paid.
    #[call(Open)]
    pub fn sum(&self, st: &Open) -> u64 {
        let sum: u64 = st.lines.iter().map(|line| line.cents * u64::from(line.pieces)).sum();
        sum.saturating_sub(self.discount)
    }

    /// Pays it.
    #[call(Open => Paid)]
    pub async fn pay(&self, st: &Open, cents: u64) -> Result<Next<u64>, Refusal> {
        if st.lines.is_empty() {
            return Err(Refusal::Empty);
        }
        let sum = std::future::ready(self.sum(st)).await;
        if cents < sum {
            return Err(Refusal::TooLittle { missing: sum - cents });
        }
        Ok(st.goto(move |open| Paid { lines: open.lines, cents }).reply(cents - sum))
    }

    /// Gives it to a carrier.
    #[call(Paid => Shipped)]
    pub fn ship(&self, st: &Paid, carrier: String) -> Result<Next, Refusal> {
        if carrier.is_empty() || st.lines.len() > 99 {
            return Err(Refusal::NoCarrier(carrier));
        }
        Ok(st.goto(move |_| Shipped { carrier, places: Vec::new() }))
    }

    /// Gives the money back.
    #[call(Paid => Closed)]
    pub fn refund(&self, st: &Paid, reason: String) -> Next<(u64, String)> {
        let cents = st.cents;
        st.goto(|_| Closed).reply((cents, reason))
    }

    /// Who carries it.
    #[call(Shipped)]
    pub fn carrier(&self, st: &Shipped) -> String {
        format!("{} for {}, at {:?}", st.carrier, self.customer, st.places.last())
    }

    /// It is there, or was lost on its way.
    #[call(Shipped => Closed)]
    pub fn arrive(&self, st: &Shipped, place: Option<String>) -> Next<bool> {
        match place {
            Some(_) => st.goto(|_| Closed).reply(true),
            None => st.stay().reply(false),
        }
    }

    /// Nobody pays.
    #[cast(Open => Closed)]
    pub fn cancel(&mut self) {
        self.discount = 0;
    }

    /// Who ordered.
    #[call]
    pub fn customer(&self) -> String {
        self.customer.clone()
    }

    #[info(Shipped)]
    fn scanned(&mut self, st: &mut Shipped, scanned: Scanned) {
        st.places.push(scanned.place);
    }
}
