//! A connection to a database whose misuse does not compile: its handle says where it is.

use std::collections::BTreeMap;

use genserver_runtime::Refused;
use genserver_runtime::prelude::*;

/// Not connected.
pub struct Closed;

/// The other side waits for the password.
pub struct Connecting {
    tries: u32,
}

/// Open, between two transactions.
pub struct Authenticated;

/// In a transaction, with what it has written so far.
pub struct InTransaction {
    written: BTreeMap<String, i64>,
}

/// How often a password may be wrong.
const TRIES_MAX: u32 = 3;

/// It was another password.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("wrong password, {left} tries left")]
pub struct WrongPassword {
    left: u32,
}

/// The data, and the password to it: what does not depend on the state.
pub struct Connection {
    password: String,
    rows: BTreeMap<String, i64>,
}

#[genserver(states(Closed: initial, Connecting, Authenticated, InTransaction), tracked)]
impl Connection {
    /// A connection that is closed.
    #[init]
    pub fn new(#[into] password: String) -> (Self, Closed) {
        (Self { password, rows: BTreeMap::new() }, Closed)
    }

    /// Dials.
    #[call(Closed => Connecting)]
    pub fn connect(&self, st: &Closed) -> Next {
        st.goto(|_| Connecting { tries: 0 })
    }

    /// Says who it is. After the third wrong password the other side hangs up.
    #[call(Connecting => Authenticated | Closed)]
    pub fn log_in(&self, st: &Connecting, #[into] password: String) -> Result<Next, WrongPassword> {
        if password == self.password {
            return Ok(st.goto(|_| Authenticated));
        }
        let left = TRIES_MAX - st.tries - 1;
        if left == 0 {
            return Ok(st.goto(|_| Closed));
        }
        Ok(st.stay_mut(|_, connecting| connecting.tries += 1).refuse(WrongPassword { left }))
    }

    /// Begins a transaction.
    #[call(Authenticated => InTransaction)]
    pub fn begin(&self, st: &Authenticated) -> Next {
        st.goto(|_| InTransaction { written: BTreeMap::new() })
    }

    /// Writes a value.
    #[call(InTransaction)]
    pub fn put(&mut self, st: &mut InTransaction, #[into] key: String, value: i64) {
        st.written.insert(key, value);
    }

    /// Keeps what was written, and tells how much that is.
    #[call(InTransaction => Authenticated)]
    pub fn commit(&self, st: &InTransaction) -> Next<usize> {
        let count = st.written.len();
        let commit = st.goto_mut(|connection, transaction| {
            connection.rows.extend(transaction.written);
            Authenticated
        });
        commit.reply(count)
    }

    /// Forgets what was written.
    #[call(InTransaction => Authenticated)]
    pub fn roll_back(&self) {}

    /// What is kept under a key.
    #[call(Authenticated | InTransaction)]
    pub fn get(&self, #[into] key: String) -> Option<i64> {
        self.rows.get(&key).copied()
    }

    /// Hangs up.
    #[call(Authenticated => Closed)]
    pub fn close(&self) {}
}

/// Tries passwords until one is right.
async fn log_in(
    mut connecting: ConnectionTracked<Connecting>,
    passwords: &[&str],
) -> Result<Option<ConnectionTracked<Authenticated>>, ServerError> {
    for password in passwords {
        connecting = match connecting.log_in(*password).await {
            Ok(ConnectionAfterLogIn::Authenticated(connection)) => return Ok(Some(connection)),
            Ok(ConnectionAfterLogIn::Closed(_)) => {
                println!("{password} -> it hung up");
                return Ok(None);
            }
            Err(Refused::Reply { handle, error }) => {
                println!("{password} -> {error}");
                handle
            }
            Err(Refused::Moved { .. }) => unreachable!("`log_in` refuses where it is"),
            Err(Refused::Server { error, .. }) => return Err(error),
        };
    }
    Ok(None)
}

/// Takes a connection that is open, and gives one back that is open.
async fn transfer(
    connection: ConnectionTracked<Authenticated>,
    sum: i64,
) -> Result<ConnectionTracked<Authenticated>, ServerError> {
    let from = connection.get("alice").await?.unwrap_or(0) - sum;
    let to = connection.get("bob").await?.unwrap_or(0) + sum;
    let transaction = connection.begin().await?;
    transaction.put("alice", from).await?;
    transaction.put("bob", to).await?;
    if from < 0 {
        println!("transfer {sum} -> rolled back");
        return Ok(transaction.roll_back().await?);
    }
    // Forgotten, this function would not compile: it promises a connection between transactions.
    let (written, connection) = transaction.commit().await?;
    println!("transfer {sum} -> {written} values written");
    Ok(connection)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let connecting = Connection::start_tracked("xyzzy").await?.connect().await?;
    println!("logged in: {}", log_in(connecting, &["a", "b", "c", "xyzzy"]).await?.is_some());

    let connecting = Connection::start_tracked("xyzzy").await?.connect().await?;
    // `connecting.begin()` does not compile: `begin` cannot be called while the connection is `Connecting`.
    let Some(connection) = log_in(connecting, &["a", "xyzzy"]).await? else { return Ok(()) };
    let transaction = connection.begin().await?;
    transaction.put("alice", 100).await?;
    let (written, connection) = transaction.commit().await?;
    println!("deposit 100 -> {written} values written");
    let connection = transfer(connection, 70).await?;
    let connection = transfer(connection, 70).await?;
    println!(
        "alice has {:?}, bob {:?}",
        connection.get("alice").await?,
        connection.get("bob").await?
    );

    let closed = connection.close().await?;
    // Given to others, it is a client like any other, and it is checked at run time where it is.
    let client = closed.into_client();
    println!("begin -> {}", client.begin().await.unwrap_err());
    Ok(())
}

#[cfg(test)]
mod tests {
    use genserver_runtime::machine;

    use super::Connection;

    #[tokio::test(start_paused = true)]
    async fn a_connection_does_what_it_declares() {
        let test = machine::conformance::<Connection>().seed(5432);
        test.run(|_| Connection::start("a")).await.assert_clean();
    }
}
