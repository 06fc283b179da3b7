package dev.tether.cli.hub;

import dev.tether.run.AtomicFiles;
import dev.tether.run.InputException;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where models come from and where they are kept, by the variables that Hugging Face's own library reads.
 *
 * @param endpoint of the hub (HF_ENDPOINT), without a slash at its end
 * @param cache of models (HF_HUB_CACHE, else hub within HF_HOME, else ~/.cache/huggingface/hub)
 * @param token a secret (HF_TOKEN, else the file HF_TOKEN_PATH, else token within HF_HOME)
 * @param isOffline whether the network may not be used (HF_HUB_OFFLINE)
 */
record HubSettings(URI endpoint, Path cache, Optional<String> token, boolean isOffline) {
    private static final Set<String> TRUE = Set.of("1", "ON", "YES", "TRUE");

    /** @throws InputException when a variable cannot be used; its message never holds the token */
    static HubSettings of(Map<String, String> environment, Path userHome) {
        Path cacheRoot = value(environment, "XDG_CACHE_HOME").map(Path::of).orElseGet(() -> userHome.resolve(".cache"));
        Path home = value(environment, "HF_HOME")
                .map(name -> path(name, userHome))
                .orElseGet(() -> cacheRoot.resolve("huggingface"));
        Path cache = value(environment, "HF_HUB_CACHE")
                .or(() -> value(environment, "HUGGINGFACE_HUB_CACHE"))
                .map(name -> path(name, userHome))
                .orElseGet(() -> home.resolve("hub"));
        Path tokenFile = value(environment, "HF_TOKEN_PATH")
                .map(name -> path(name, userHome))
                .orElseGet(() -> home.resolve("token"));
        Optional<String> token = value(environment, "HF_TOKEN")
                .or(() -> value(environment, "HUGGING_FACE_HUB_TOKEN"))
                .or(() -> read(tokenFile))
                .map(HubSettings::checked);
        boolean offline = value(environment, "HF_HUB_OFFLINE")
                .map(word -> TRUE.contains(word.toUpperCase(Locale.ROOT)))
                .orElse(false);
        return new HubSettings(
                endpoint(value(environment, "HF_ENDPOINT").orElse("https://huggingface.co")),
                cache.toAbsolutePath().normalize(),
                token,
                offline);
    }

    private static Optional<String> value(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }

    private static Path path(String name, Path userHome) {
        return name.startsWith("~/") ? userHome.resolve(name.substring(2)) : Path.of(name);
    }

    private static URI endpoint(String text) {
        try {
            URI uri = new URI(text.replaceAll("/+$", ""));
            boolean web = "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
            if (web && uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawQuery() == null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // told below, together with other addresses that cannot be used
        }
        throw new InputException(
                "HF_ENDPOINT must be an address such as https://huggingface.co, without a name or query");
    }

    private static Optional<String> read(Path file) {
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
        } catch (IOException e) {
            throw new InputException("cannot read the token file " + file + ": " + AtomicFiles.reason(e), e);
        }
    }

    /** A line break in a token would end the header it stands in. */
    private static String checked(String token) {
        if (!token.chars().allMatch(sign -> sign > ' ' && sign < 0x7f)) {
            throw new InputException(
                    "the Hugging Face token (HF_TOKEN or the token file) has a sign that no token has");
        }
        return token;
    }

    /** Without the token. */
    @Override
    public String toString() {
        return endpoint + ", cache " + cache + (token.isPresent() ? ", with a token" : "")
                + (isOffline ? ", offline" : "");
    }
}
