import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Signature;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.AccessDescription;
import org.bouncycastle.asn1.x509.AuthorityInformationAccess;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;

/** The attested document verifies with Bouncy Castle and the JDK, as far as IMDS's own do. */
final class Attested {
    private static final Path GUIDE = Path.of("../../emulator/tests/served/attested/guide-2018.base64");

    private Attested() {}

    public static void main(String[] arguments) throws Exception {
        CMSSignedData own = own();
        CMSSignedData guide = guide();
        Play play = new Play();
        play.test("its own verifier refuses the name of the digest, as it does the guide's", () -> {
            Play.assertTrue(refusal(own).contains("1.2.840.113549.1.1.11 MessageDigest"), refusal(own));
            Play.assertEquals(refusal(guide), refusal(own));
        });
        play.test("the signature is over the content, as the guide's is", () -> {
            for (CMSSignedData document : List.of(own, guide)) {
                Play.assertTrue(signer(document).getSignedAttributes() == null, "signed attributes");
                byte[] content = (byte[]) document.getSignedContent().getContent();
                Play.assertTrue(verifies(document, content), "the content");
                content[2] ^= 1;
                Play.assertTrue(!verifies(document, content), "another content");
            }
        });
        play.test("the chain is good with the certificate that the signer's names", () -> {
            X509CertificateHolder signer = certificate(own);
            Play.assertEquals("CN=metadata.azure.com", signer.getSubject().toString());
            X509Certificate intermediate = certificate(get(caIssuers(signer)));
            validate(List.of(certificate(signer.getEncoded()), intermediate));
            try {
                validate(List.of(certificate(signer.getEncoded())));
            } catch (CertPathValidatorException lacking) {
                return;
            }
            throw new AssertionError("the document lacks the intermediate");
        });
        play.run();
    }

    private static CMSSignedData own() throws Exception {
        String imds = System.getenv("AZURE_POD_IDENTITY_AUTHORITY_HOST").replaceAll("/$", "");
        byte[] answer = get(imds + "/metadata/attested/document?api-version=2025-04-07");
        return parse(new ObjectMapper().readTree(answer).get("signature").asText());
    }

    private static CMSSignedData guide() throws Exception {
        return parse(Files.readString(GUIDE).strip());
    }

    private static CMSSignedData parse(String encoded) throws CMSException {
        return new CMSSignedData(Base64.getDecoder().decode(encoded));
    }

    private static String refusal(CMSSignedData document) throws Exception {
        try {
            var builder = new JcaSimpleSignerInfoVerifierBuilder();
            signer(document).verify(builder.build(certificate(document)));
        } catch (CMSException refused) {
            return refused.getMessage();
        }
        return "none";
    }

    private static boolean verifies(CMSSignedData document, byte[] content) throws Exception {
        Signature verifier = Signature.getInstance("SHA256withRSA");
        verifier.initVerify(certificate(certificate(document).getEncoded()));
        verifier.update(content);
        return verifier.verify(signer(document).getSignature());
    }

    /** Fails unless the JDK finds that the root, which it trusts alone, is above these. */
    private static void validate(List<X509Certificate> chain) throws Exception {
        X509Certificate root = certificate(get(System.getenv("IMDS_ADMIN") + "/attested/root.pem"));
        PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
        parameters.setRevocationEnabled(false);
        var path = CertificateFactory.getInstance("X.509").generateCertPath(chain);
        CertPathValidator.getInstance("PKIX").validate(path, parameters);
    }

    private static String caIssuers(X509CertificateHolder signer) {
        var access = AuthorityInformationAccess.fromExtensions(signer.getExtensions());
        AccessDescription[] descriptions = access.getAccessDescriptions();
        Play.assertEquals(1, descriptions.length);
        Play.assertEquals(AccessDescription.id_ad_caIssuers, descriptions[0].getAccessMethod());
        return descriptions[0].getAccessLocation().getName().toString();
    }

    private static X509Certificate certificate(byte[] encoded) throws CertificateException {
        var factory = CertificateFactory.getInstance("X.509");
        return (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(encoded));
    }

    private static SignerInformation signer(CMSSignedData document) {
        return document.getSignerInfos().getSigners().iterator().next();
    }

    private static X509CertificateHolder certificate(CMSSignedData document) {
        return document.getCertificates().getMatches(null).iterator().next();
    }

    private static byte[] get(String url) throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(URI.create(url)).header("Metadata", "true").build();
        var answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofByteArray());
        Play.assertEquals(200, answer.statusCode());
        return answer.body();
    }
}
