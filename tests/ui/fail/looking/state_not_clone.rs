//! A state that cannot be copied is not given out; as text it can be read.

use genserver_runtime::prelude::*;

struct Token(String);

#[genserver]
impl Token {
    #[call]
    fn len(&self) -> usize {
        self.0.len()
    }
}

async fn look(token: TokenClient) -> Result<(), ServerError> {
    let _state: Token = token.sys().get_state().await?;
    Ok(())
}

async fn put(token: TokenClient) {
    let _ = token.sys().replace_state(|token: Token| token).await;
}

fn main() {}
