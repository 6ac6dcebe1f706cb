import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.azurebfs.AbfsConfiguration;
import org.apache.hadoop.fs.azurebfs.oauth2.AzureADAuthenticator;
import org.apache.hadoop.fs.azurebfs.oauth2.MsiTokenProvider;

/** hadoop-azure asks for one token, at the endpoint of fs.azure.account.oauth2.msi.endpoint. */
final class AskHadoop {
    private AskHadoop() {}

    public static void main(String[] arguments) throws Exception {
        AzureADAuthenticator.init(new AbfsConfiguration(new Configuration(), "account"));
        String endpoint = arguments[0] + "/metadata/identity/oauth2/token";
        new MsiTokenProvider(endpoint, "", "", "https://login.microsoftonline.com/").getToken();
    }
}
