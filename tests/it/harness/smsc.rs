//! An SMSC that does as a test says, spoken by another library than ours.

use std::collections::{BTreeMap, VecDeque};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use smpp34::server::ESME;
use smpp34::{
    SmppConnectionInformation, SmppError, SmppServer, SmppServerListener, TlvTag, bind_transceiver,
    bind_transceiver_resp, submit_sm, submit_sm_resp,
};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};

use super::service::happens;

pub(crate) const SYSTEM_ID: &str = "council";
pub(crate) const PASSWORD: &str = "bindword";

/// What the SMSC does with the next SMS.
pub(crate) enum Answer {
    /// Refuses it.
    Refuse(SmppError),
    /// Takes it and says so when the test says so.
    After(oneshot::Receiver<()>),
}

pub(crate) struct Smsc {
    pub(crate) place: SocketAddr,
    desk: Arc<Desk>,
    server: SmppServer,
}

#[derive(Default)]
struct Desk {
    password: Mutex<String>,
    bound: Mutex<BTreeMap<String, Arc<ESME>>>,
    binds: Mutex<usize>,
    answers: Mutex<VecDeque<Answer>>,
    submitted: watch::Sender<Vec<submit_sm>>,
}

impl Smsc {
    pub(crate) async fn start() -> Self {
        let desk = Arc::new(Desk::default());
        PASSWORD.clone_into(&mut desk.password.lock().unwrap());
        // The library takes no listener of ours.
        let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let place = free.local_addr().unwrap();
        drop(free);
        let localhost = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let listener: Arc<dyn SmppServerListener + Send + Sync> = Arc::clone(&desk) as _;
        let mut server = SmppServer::new(localhost, place.port(), listener);
        server.start().await;
        assert!(server.is_alive(), "the port was taken");
        Self {
            place,
            desk,
            server,
        }
    }

    pub(crate) async fn stop(mut self) {
        self.server.stop().await;
    }

    pub(crate) fn expect_password(&self, password: &str) {
        password.clone_into(&mut self.desk.password.lock().unwrap());
    }

    pub(crate) fn next(&self, answer: Answer) {
        self.desk.answers.lock().unwrap().push_back(answer);
    }

    /// How often somebody has tried to bind.
    pub(crate) fn binds(&self) -> usize {
        *self.desk.binds.lock().unwrap()
    }

    /// How many are bound.
    pub(crate) fn bound(&self) -> usize {
        self.desk.bound.lock().unwrap().len()
    }

    /// What was submitted, once there are so many.
    pub(crate) async fn submitted(&self, count: usize) -> Vec<submit_sm> {
        let mut submitted = self.desk.submitted.subscribe();
        let all = submitted.wait_for(|all| all.len() >= count);
        let all = tokio::time::timeout(super::service::PATIENCE, all).await;
        all.expect("the SMS come in time").unwrap().clone()
    }

    /// Whoever is bound, once somebody is.
    pub(crate) async fn esme(&self) -> Arc<ESME> {
        let mut found = None;
        let is_bound = happens(async || {
            found = self.desk.bound.lock().unwrap().values().next().cloned();
            found.is_some()
        });
        assert!(is_bound.await, "nobody is bound");
        found.unwrap()
    }

    /// Reports on a message, in words alone; true when that was acknowledged.
    pub(crate) async fn report(&self, id: &str, to: &str, state: &str) -> bool {
        let words = format!("id:{id} sub:001 dlvrd:001 stat:{state} err:000 text:");
        let esme = self.esme().await;
        let pdu = esme.deliver_sm().source_addr(to).esm_class(4);
        pdu.short_message(words)
            .send()
            .await
            .is_ok_and(|answer| answer.is_success())
    }

    /// Brings an SMS of a person; true when that was acknowledged.
    pub(crate) async fn sms(&self, id: &str, from: &str, text: &str) -> bool {
        let esme = self.esme().await;
        let pdu = esme
            .deliver_sm()
            .source_addr(from)
            .destination_addr("22456");
        let pdu = pdu
            .short_message(text)
            .tlv(TlvTag::ReceiptedMessageId, format!("{id}\0"));
        pdu.send().await.is_ok_and(|answer| answer.is_success())
    }

    /// Brings one part of a person's long SMS, number `n` of `of`; true when that was
    /// acknowledged.
    pub(crate) async fn part(&self, from: &str, (n, of): (u8, u8), text: &str) -> bool {
        let esme = self.esme().await;
        let pdu = esme
            .deliver_sm()
            .source_addr(from)
            .destination_addr("22456");
        let pdu = pdu
            .short_message(text)
            .tlv(TlvTag::SarMsgRefNum, [0, 7])
            .tlv(TlvTag::SarTotalSegments, [of])
            .tlv(TlvTag::SarSegmentSeqnum, [n]);
        pdu.send().await.is_ok_and(|answer| answer.is_success())
    }

    /// Brings one hop of a dialogue; true when that was acknowledged.
    pub(crate) async fn hop(&self, from: &str, operation: u8, unit: u8, text: &str) -> bool {
        let esme = self.esme().await;
        let pdu = esme.deliver_sm().source_addr(from).destination_addr("384");
        let pdu = pdu
            .short_message(text)
            .tlv(TlvTag::UssdServiceOp, [operation])
            .tlv(TlvTag::ItsSessionInfo, [9, unit << 1]);
        pdu.send().await.is_ok_and(|answer| answer.is_success())
    }
}

/// The ids of this SMSC: hexadecimal in its answers.
fn id(number: usize) -> String {
    format!("{:08X}", 0xa0 + number)
}

#[async_trait]
impl SmppServerListener for Desk {
    async fn on_bind_transceiver(
        &self,
        bind: bind_transceiver,
        _: &SmppConnectionInformation,
        _: &String,
    ) -> bind_transceiver_resp {
        *self.binds.lock().unwrap() += 1;
        let right = self.password.lock().unwrap().clone();
        if bind.system_id == SYSTEM_ID && bind.password == right {
            bind.accept("SMSC".to_owned(), Some(0x34))
        } else {
            bind.reject(SmppError::ESME_RINVPASWD)
        }
    }

    async fn on_submit_sm(
        &self,
        pdu: submit_sm,
        _: &SmppConnectionInformation,
        _: &String,
    ) -> submit_sm_resp {
        let answer = self.answers.lock().unwrap().pop_front();
        if let Some(Answer::Refuse(error)) = answer {
            return pdu.reject(error);
        }
        let mut number = 0;
        self.submitted.send_modify(|all| {
            all.push(pdu.clone());
            number = all.len();
        });
        if let Some(Answer::After(told)) = answer {
            let _ = told.await;
        }
        pdu.accept(id(number))
    }

    async fn on_esme_bound(&self, esme: ESME, session: &String) {
        self.bound
            .lock()
            .unwrap()
            .insert(session.clone(), Arc::new(esme));
    }

    async fn on_esme_unbound(&self, session: &String) {
        self.bound.lock().unwrap().remove(session);
    }
}
