//! An HTTP request as it came, before anyone has understood it.

/// What an adapter needs of a request, whatever web server received it.
///
/// It has no `Debug`: the body may hold a PIN, the path a secret.
#[derive(Clone, Copy)]
pub struct RawRequest<'a> {
    /// The HTTP method.
    pub method: &'a http::Method,
    /// The path as it was asked for.
    pub path: &'a str,
    /// What of the path stands behind the callback's own, for aggregators that write there
    /// which session they mean.
    pub rest: &'a str,
    /// The query string without its question mark.
    pub query: Option<&'a str>,
    /// All headers.
    pub headers: &'a http::HeaderMap,
    /// The whole body.
    pub body: &'a [u8],
}
