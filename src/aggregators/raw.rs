//! An HTTP request as it came, before anyone has understood it.

/// What an adapter needs of a request, whatever web server received it.
///
/// It has no `Debug`: the body may hold a PIN.
#[derive(Clone, Copy)]
pub struct RawRequest<'a> {
    /// The HTTP method.
    pub method: &'a http::Method,
    /// The query string without its question mark.
    pub query: Option<&'a str>,
    /// All headers.
    pub headers: &'a http::HeaderMap,
    /// The whole body.
    pub body: &'a [u8],
}
