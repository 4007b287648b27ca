//! What tests speak: a service that runs as in production, a person with a phone.

pub(crate) mod alone;
mod balancer;
mod browser;
mod contents;
mod database;
pub(crate) mod file;
mod inside;
pub(crate) mod menus;
mod office;
mod phone;
pub(crate) mod pooler;
pub(crate) mod program;
pub(crate) mod service;
pub(crate) mod smsc;
mod surfer;
mod wire;

pub(crate) use balancer::Balancer;
pub(crate) use browser::Browser;
pub(crate) use contents::Contents;
pub(crate) use database::Database;
pub(crate) use inside::Inside;
pub(crate) use office::Office;
pub(crate) use phone::Phone;
pub(crate) use service::TestService;
pub(crate) use surfer::Surfer;
pub(crate) use wire::Wire;

/// Runs each test on SQLite and on PostgreSQL. A test is an `async fn(&TestService)`.
macro_rules! on_each_database {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let service = $crate::harness::TestService::start($crate::harness::Database::sqlite()).await;
                    super::$test(&service).await;
                    service.stop().await;
                }
            )+
        }
        mod postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    let service = $crate::harness::TestService::start($crate::harness::Database::postgres().await).await;
                    super::$test(&service).await;
                    service.stop().await;
                }
            )+
        }
    };
}

/// The same for tests that start a service in their own way. A test is an
/// `async fn(Database)`.
macro_rules! with_each_database {
    ($($test:ident),+ $(,)?) => {
        mod with_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test($crate::harness::Database::sqlite()).await;
                }
            )+
        }
        mod with_postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test($crate::harness::Database::postgres().await).await;
                }
            )+
        }
    };
}

pub(crate) use {on_each_database, with_each_database};
