//! Addresses of pictures in drags and pastes from other pages.

/// Returns the address of the picture in the data of a drag or a paste: HTML, a list of addresses, and
/// plain text. That of an image in the HTML comes first, since the list may hold a link around it.
pub fn find(html: &str, list: &str, text: &str) -> Option<String> {
    let image = html.split("<img").nth(1).and_then(|tag| tag.split(" src=\"").nth(1)?.split('"').next());
    let image = image.map(|address| address.replace("&amp;", "&"));
    let listed = list.lines().find(|line| !line.starts_with('#')).map(str::to_owned);
    let told = Some(text.trim()).filter(|text| is_address(text) && !text.contains(char::is_whitespace));
    image.or(listed).or(told.map(str::to_owned)).filter(|address| !address.is_empty())
}

/// Returns whether a server can be asked for this address.
pub fn is_remote(address: &str) -> bool {
    address.starts_with("https://") || address.starts_with("http://")
}

fn is_address(text: &str) -> bool {
    is_remote(text) || text.starts_with("data:image/")
}

/// Returns the picture in an address that contains it, in base 64, as encoded text and its extension.
pub fn contents(address: &str) -> Option<(&str, &str)> {
    let (kind, encoded) = address.strip_prefix("data:image/")?.split_once(";base64,")?;
    Some((encoded, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn image_comes_before_the_link_around_it() {
        let html = "<meta charset='utf-8'><a href=\"https://a.example/page\"><img alt=\"x\" src=\"https://a.example/b.jpg?w=1&amp;h=2\"></a>";
        let list = "# a comment\r\nhttps://a.example/page\r\n";
        assert_eq!(find(html, list, "").as_deref(), Some("https://a.example/b.jpg?w=1&h=2"));
        assert_eq!(find("<b>x</b>", list, "").as_deref(), Some("https://a.example/page"));
        assert_eq!(find("", "", " https://a.example/c.png\n").as_deref(), Some("https://a.example/c.png"));
        for text in ["", "words", "see https://a.example/ there", "ftp://a.example/x"] {
            assert_eq!(find("", "", text), None, "{text}");
        }
    }

    #[test]
    fn contained_pictures_need_no_server() {
        let address = "data:image/png;base64,iVBORw0KGgo=";
        assert_eq!(find("", "", address).as_deref(), Some(address));
        assert_eq!(contents(address), Some(("iVBORw0KGgo=", "png")));
        assert_eq!(contents("data:text/html;base64,AA=="), None);
        assert!(!is_remote(address) && !is_remote("blob:https://a.example/1"));
    }
}
