//! What a server calls itself.

use genserver_runtime::prelude::*;

use crate::support::deadlocked;

struct Session;

#[genserver]
impl Session {
    #[call]
    fn rename(&self, cx: &mut Cx<Self>, label: String) {
        cx.set_label(label);
    }

    #[call]
    async fn turn_round(&self, me: SessionClient) -> String {
        deadlocked(me.turn_round(me.clone()).await).servers.join(" -> ")
    }
}

#[tokio::test]
async fn lm_18_a_label_is_what_a_server_is_called() {
    let session = Session::start(Session).await.expect("it starts");
    assert_eq!(session.sys().get_status().expect("it runs").label, None);
    for label in ["session of user 7", "session of nobody"] {
        session.rename(label.to_owned()).await.expect("it runs");
        let status = session.sys().get_status().expect("it runs");
        assert_eq!((status.label.as_deref(), status.name), (Some(label), None));
    }
    let path = session.turn_round(session.clone()).await.expect("it runs");
    assert!(path.contains("Session \"session of nobody\""), "{path}");
}
