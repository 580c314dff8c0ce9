//! A small web application on axum (2.6).
