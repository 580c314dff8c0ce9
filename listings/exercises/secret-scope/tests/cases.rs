//! The cases of the exercise.

use url::Url;

/// The value of the secret for `url`, given scopes; each one's value is its
/// scope as it is written here.
macro_rules! check {
    ($url:expr, [$($scope:expr),*], $expected:expr) => {
        let secrets = [$(Secret {
            scope: Url::parse($scope).expect("a URL"),
            value: String::from($scope),
        }),*];
        let url = Url::parse($url).expect("a URL");
        let found: Option<&str> = secret_for(&url, &secrets);
        assert_eq!(found, $expected, "{}", $url);
    };
}

book_exercise::cases! {
    for ex_secret_scope;

    fn its_own_origin_gets_it() {
        let a = "https://a.example/";
        check!("https://a.example/", [a], Some(a));
        check!("https://a.example/x/y?z#f", [a], Some(a));
        check!("https://A.EXAMPLE:443/x", [a], Some(a));
        let port = "https://a.example:8443/";
        check!("https://a.example:8443/x", [a, port], Some(port));
    }

    fn another_origin_does_not() {
        let a = "https://a.example/";
        check!("https://a.example/", [a], Some(a));
        for url in [
            "https://a.example.evil.example/",
            "https://a.exampleevil/",
            "https://www.a.example/",
            "https://example/",
            "https://a.example:444/",
            "https://evil.example/https://a.example/",
            "https://evil.example/?https://a.example/",
            "https://a.example./",
        ] {
            check!(url, [a], None);
        }
    }

    fn a_path_has_segments() {
        let api = "https://a.example/api";
        for url in ["https://a.example/api", "https://a.example/api/",
            "https://a.example/api/x", "https://a.example/api?x",
            "https://a.example/y/../api/x"] {
            check!(url, [api], Some(api));
        }
        for url in ["https://a.example/", "https://a.example/apis",
            "https://a.example/api-evil/x", "https://a.example/API",
            "https://a.example/x/api", "https://a.example/api/../x",
            "https://a.example/api/%2e%2e/x"] {
            check!(url, [api], None);
        }
        let below = "https://a.example/api/";
        check!("https://a.example/api/x", [below], Some(below));
        check!("https://a.example/api", [below], None);
    }

    fn the_longest_path_wins_and_then_the_first() {
        let root = "https://a.example/";
        let api = "https://a.example/api";
        let deep = "https://a.example/api/deep";
        check!("https://a.example/api/deep/x", [root, deep, api], Some(deep));
        check!("https://a.example/api/x", [root, deep, api], Some(api));
        check!("https://a.example/x", [deep, api, root], Some(root));
        // The same scope, written in two ways.
        let same = "https://a.example:443/api?query";
        check!("https://a.example/api", [api, same], Some(api));
        check!("https://a.example/api", [same, api], Some(same));
    }

    fn a_user_in_the_url_gets_none() {
        let a = "https://a.example/";
        check!("https://a.example/", [a], Some(a));
        check!("https://me@a.example/", [a], None);
        check!("https://:pw@a.example/", [a], None);
        check!("https://a.example@evil.example/", [a], None);
        check!("https://evil.example@a.example/", [a], None);
    }

    fn in_the_clear_only_at_home() {
        let scopes = ["http://a.example/", "http://127.0.0.1/",
            "http://127.9.9.9:8080/", "http://[::1]/", "http://localhost/",
            "http://10.0.0.1/", "https://a.example/"];
        let [clear, home, other, six, name, lan, tls] = scopes;
        check!("http://a.example/", [clear, tls], None);
        check!("http://127.0.0.1/x", [home], Some(home));
        check!("http://127.1/x", [home], Some(home));
        check!("http://127.9.9.9:8080/", [other], Some(other));
        check!("http://[::1]/", [six], Some(six));
        check!("http://localhost/", [name], None);
        check!("http://10.0.0.1/", [lan], None);
        check!("https://a.example/", [clear, tls], Some(tls));
    }

    fn other_schemes_get_none() {
        check!("ftp://a.example/", ["ftp://a.example/"], None);
        check!("data:,x", ["data:,x"], None);
        let a = "https://a.example/";
        check!("https://a.example/", [a], Some(a));
        check!("wss://a.example/", [a], None);
    }
}
